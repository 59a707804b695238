"""Judging a bundle's signatures and time stamps in Python: who signed, when, and by whose word.

Owns the CMS signature over the tag manifest, PAdES in dossiers, and the stamps of the bundle, its
anchors and its captures. A stamp is judged at the time it names, a signature at the time of its
stamp: certificates that ended since count where they were valid then. Leaves everything else in a
bundle to `verify`, which needs no more than Python, and who may sign or stamp to the caller.
"""

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import cms, tsp
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_detached_cms, async_validate_pdf_signature
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel

from evidence.verify import Bag, opened
from evidence.vouching import chain_of, context, last, told_time, valid, who

_ANY_USE = KeyUsageConstraints(key_usage=None, key_usage_forbidden=None, extd_key_usage=None)
_TAGS = "tagmanifest-sha256.txt"


@dataclass(frozen=True, slots=True)
class Judged:
    """One seal: its name, what was found, what is wrong, and why it could not be told."""

    name: str
    found: str
    problems: tuple[str, ...] = ()
    unchecked: str = ""


@dataclass(frozen=True, slots=True)
class _Trust:
    """Who may sign, who may stamp, and the time at which a seal without a stamp is judged."""

    signers: Sequence[x509.Certificate]
    stampers: Sequence[x509.Certificate]
    now: datetime


def judge(
    path: Path,
    now: datetime,
    *,
    signers: Sequence[x509.Certificate] = (),
    stampers: Sequence[x509.Certificate] = (),
) -> Iterator[Judged]:
    """Each seal of the bundle at `path`. Raises UnreadableBundleError where there is none to open.

    Without `signers` a signature is checked for being over these bytes alone; without `stampers`
    who made a stamp stays open.
    """
    bag, close = opened(path)
    trust = _Trust(signers, stampers, now)
    try:
        stamped: datetime | None = None
        stamps = [_stamp(bag, name, _read(bag, _TAGS), trust) for name in _named(bag, ".tsr")]
        for told, at in stamps:
            yield told
            if at is not None and not told.problems and not told.unchecked:
                stamped = at
        yield from _signatures(bag, stamped, trust)
        yield from _dossiers(bag, stamped, trust)
        yield from _anchors(bag, trust)
        for name in bag.names:
            if name.startswith("data/captures/") and name.endswith(".tsr"):
                digest = hashlib.sha256(_read(bag, name.removesuffix(".tsr"))).hexdigest()
                yield _stamp(bag, name, f"sha256:{digest}".encode(), trust)[0]
    finally:
        close()


def _named(bag: Bag, ending: str) -> list[str]:
    return [name for name in bag.names if name.startswith("signatures/") and name.endswith(ending)]


def _read(bag: Bag, name: str) -> bytes:
    with bag.open(name) as file:
        return file.read()


def _signatures(bag: Bag, stamped: datetime | None, trust: _Trust) -> Iterator[Judged]:
    name = "The signature over the tag manifest"
    signed = _named(bag, ".p7s")
    if not signed:
        gone = "Sealed-In: " in bag.text("bag-info.txt")
        told = "bag-info.txt says that it was signed, and the signature is gone"
        yield Judged(name, "none: this bundle was not signed", (told,) if gone else ())
    for each in signed:
        yield _guarded(name, lambda each=each: _cms(bag, name, each, stamped, trust))


def _guarded(name: str, look: Callable[[], Judged]) -> Judged:
    """What `look` finds; what can't be read as a seal is none."""
    try:
        return look()
    except Exception as error:  # damaged encodings raise nearly anything
        why = str(error) or type(error).__name__
        return Judged(name, "", (f"it can't be read as a seal: {why.splitlines()[0]}",))


def _cms(bag: Bag, name: str, file: str, stamped: datetime | None, trust: _Trust) -> Judged:
    signed = cms.ContentInfo.load(_read(bag, file), strict=True)["content"]
    status = asyncio.run(
        async_validate_detached_cms(
            _read(bag, _TAGS),
            signed,
            signer_validation_context=context(
                trust.signers, signed, stamped or last(signed, trust.now)
            ),
            key_usage_settings=_ANY_USE,
        )
    )
    return _of_signature(name, status, stamped, trust)


def _dossiers(bag: Bag, stamped: datetime | None, trust: _Trust) -> Iterator[Judged]:
    for file in bag.names:
        if file.startswith("data/") and file.endswith(".pdf") and "dossier" in file.split("/")[-1]:
            name = f"The signature in {file}"
            yield _guarded(name, lambda f=file, n=name: _pades(bag, n, f, stamped, trust))


def _pades(bag: Bag, name: str, file: str, stamped: datetime | None, trust: _Trust) -> Judged:
    reader = PdfFileReader(BytesIO(_read(bag, file)), strict=False)
    if not reader.embedded_signatures:
        return Judged(name, "none: it was not signed")
    (signature, *more) = reader.embedded_signatures
    if more:
        return Judged(name, "", ("it was signed more than once",))
    token, at, authority = _token(signature.signer_info), stamped, ""
    if token is not None:
        signed: Any = signature.signer_info["signature"].native
        told, when = _of_stamp(name, token, lambda kind: hashlib.new(kind, signed).digest(), trust)
        if told.problems:
            return Judged(name, told.found, told.problems)
        authority = f"; {told.found}"
        if not told.unchecked:
            at = when
    status = asyncio.run(
        async_validate_pdf_signature(
            signature,
            signer_validation_context=context(
                trust.signers,
                signature.signed_data,
                at or last(signature.signed_data, trust.now),
            ),
            key_usage_settings=_ANY_USE,
        )
    )
    judged = _of_signature(name, status, at, trust)
    if status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        more_than = "something was added to the document after it was signed"
        return Judged(name, judged.found, (*judged.problems, more_than))
    return Judged(name, judged.found + authority, judged.problems, judged.unchecked)


def _token(signer: cms.SignerInfo) -> cms.SignedData | None:
    """The time stamp of the signature that it carries with it (PAdES B-T)."""
    attributes = signer["unsigned_attrs"]
    for each in attributes if isinstance(attributes, cms.CMSAttributes) else ():
        if each["type"].native == "signature_time_stamp_token":
            return each["values"][0]["content"]
    return None


def _of_signature(name: str, status: Any, at: datetime | None, trust: _Trust) -> Judged:
    """What a signature's status means, its certificate named up to who vouches for it."""
    if not status.intact or not status.valid:
        return Judged(name, "", ("it is not a signature of these bytes",))
    by = who(status.signing_cert, status.validation_path)
    judged = (
        f"judged at {told_time(at)}, the time of its stamp" if at else "no trusted stamp dates it"
    )
    if not trust.signers:
        return Judged(name, f"{by} (whether it is genuine: name its authority with --ca)")
    chain = chain_of(status.signing_cert, status.validation_path)
    ended = min(each.not_valid_after for each in chain)
    vouched = status.trusted and valid(chain, at or min(ended, trust.now))
    if vouched and at is None and ended < trust.now:
        why = f"{by}: its certificate ended on {told_time(ended)}, and {judged}"
        return Judged(name, "", (), why)
    if vouched:
        return Judged(name, f"{by}; {judged}")
    return Judged(name, by, (f"no authority named with --ca vouches for it; {judged}",))


def _stamp(bag: Bag, file: str, data: bytes, trust: _Trust) -> tuple[Judged, datetime | None]:
    name = f"The time stamp {file}"
    times: list[datetime] = []

    def look() -> Judged:
        told, at = _of_answer(name, _read(bag, file), data, trust)
        times.append(at)
        return told

    told = _guarded(name, look)
    return told, times[0] if times else None


def _anchors(bag: Bag, trust: _Trust) -> Iterator[Judged]:
    if "data/anchors.json" not in bag.names:
        return
    for anchor in json.loads(bag.text("data/anchors.json"))["anchors"]:
        name = f"The time stamp of the anchor of {anchor['at']}"
        if not anchor.get("stamp"):
            yield Judged(name, "none: no authority has stamped it yet")
            continue
        statement = anchor["statement"]
        if json.loads(statement)["root"] != anchor["root"]:
            yield Judged(name, "", ("its statement names another root",))
            continue
        answer = base64.b64decode(anchor["stamp"])
        yield _guarded(
            name, lambda a=answer, s=statement, n=name: _of_answer(n, a, s.encode(), trust)[0]
        )


def _of_answer(name: str, answer: bytes, data: bytes, trust: _Trust) -> tuple[Judged, datetime]:
    response: Any = tsp.TimeStampResp.load(answer, strict=True)
    token = response["time_stamp_token"]["content"]
    return _of_stamp(name, token, lambda algorithm: hashlib.new(algorithm, data).digest(), trust)


def _of_stamp(
    name: str, token: Any, imprint: Callable[[str], bytes], trust: _Trust
) -> tuple[Judged, datetime]:
    """A stamp, judged at the time it names."""
    said = token["encap_content_info"]["content"].parsed
    at = said["gen_time"].native.astimezone(UTC)
    found = asyncio.run(
        validate_tst_signed_data(token, context(trust.stampers, token, at), imprint)
    )
    by = who(found["signing_cert"], found["validation_path"])
    told = f"stamped {told_time(at)} under policy {said['policy'].dotted} by {by}"
    if not found["intact"] or not found["valid"]:
        return Judged(name, told, ("it is not a stamp of these bytes",)), at
    if not trust.stampers:
        why = f"{told}; whether that is genuine: name the authority with --tsa-ca"
        return Judged(name, "", (), why), at
    chain = chain_of(found["signing_cert"], found["validation_path"])
    if found["validation_path"] is None or not valid(chain, at):
        no = "no authority named with --tsa-ca vouches for it at the time it names"
        return Judged(name, told, (no,)), at
    return Judged(name, told), at
