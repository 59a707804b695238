"""What a package holds of one test buy, and what it only names: each by `rules.audience`.

Owns which film, document, capture, certificate and message goes where at a level, and the row that
names what is withheld with its reason. What leads to the buyer in a chat is covered here, by
`rules.covering`; the whole goes into the inner bag alone. Leaves photos' copies and the inner bag's
reader to `casework.papers.levels`, and layout to `evidence.bundle`.
"""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

from casework.buying.chatting import Said
from casework.papers.levels import masked_for, originals_for, sealed_for
from casework.privacy.tracing import leading_words
from casework.record.record import Record
from evidence import bundle
from evidence.digests import parse, salted, sha256_of
from evidence.envelope import Sealed
from evidence.media import DOCUMENTS, PICTURES, suffix_of
from evidence.vault import Vault
from evidence.words import Words
from rules.audience import Beside, Given, Level, beside, scan_goes_along
from rules.covering import covered
from storage.session import Transaction
from storage.tables import NotaryCertificate, Photo


@dataclass(frozen=True, slots=True)
class Packed:
    """The parts of a bundle that are of one test buy; `inner` is for the inner bag."""

    originals: tuple[bundle.Original, ...]
    previews: tuple[bundle.Preview, ...]
    masked: tuple[bundle.Masked, ...]
    papers: tuple[bundle.Filed, ...]
    videos: tuple[bundle.Filed, ...]
    captures: tuple[bundle.Filed, ...]
    stamps: dict[str, bytes]
    chat: dict[str, Any] | None
    withheld: tuple[bundle.Withheld, ...]
    inner: tuple[Sealed, ...]


def pack(tx: Transaction, vault: Vault, level: Level, record: Record, words: Words) -> Packed:
    """What goes into a package of `level`; reasons are worded in the package's language."""
    openly = originals_for(tx, level, record)
    copies = masked_for(tx, level, record)
    chat = _chat(tx, record)
    inner, withheld = _inner(tx, vault, level, record, words, chat)
    captures, stamps = _captures(record)
    return Packed(
        originals=tuple(
            bundle.Original(photo.shot, photo.digest, photo.media_type)
            for photo in openly
            if photo.media_type in PICTURES
        ),
        previews=tuple(
            bundle.Preview(copy.shot, copy.digest, copy.made_from)
            for copy in copies
            if not copy.masked
        ),
        masked=tuple(
            bundle.Masked(copy.shot, copy.digest, copy.made_from) for copy in copies if copy.masked
        ),
        papers=tuple(_filed(record, each) for each in openly if each.media_type in DOCUMENTS),
        videos=tuple(
            _filed(record, each)
            for each in openly
            if each.media_type not in DOCUMENTS and each.media_type not in PICTURES
        ),
        captures=captures,
        stamps=stamps,
        chat=chat.shown if chat else None,
        withheld=tuple(withheld),
        inner=tuple(inner),
    )


def _filed(record: Record, photo: Photo) -> bundle.Filed:
    name = f"{record.testbuy.reference}-{photo.shot}-{parse(photo.digest)[:8]}"
    return bundle.Filed(f"{name}.{suffix_of(photo.media_type)}", photo.digest, photo.shot)


def _captures(record: Record) -> tuple[tuple[bundle.Filed, ...], dict[str, bytes]]:
    """The pages as any visitor saw them: WARC, picture, and the stamp over the WARC's digest."""
    files, stamps = list[bundle.Filed](), dict[str, bytes]()
    for each in record.captures_of_pages:
        name = f"{record.testbuy.reference}-{each.what}-{each.id}"
        if each.warc_digest is not None:
            files.append(bundle.Filed(f"{name}.warc.gz", each.warc_digest))
            if each.stamp is not None:
                stamps[f"{name}.warc.gz"] = each.stamp
        if each.picture_digest is not None:
            files.append(bundle.Filed(f"{name}.png", each.picture_digest))
    return tuple(files), stamps


def _inner(
    tx: Transaction,
    vault: Vault,
    level: Level,
    record: Record,
    words: Words,
    chat: "_Chat | None",
) -> tuple[list[Sealed], list[bundle.Withheld]]:
    """The files for the inner bag, and a row for each file that is not in the bundle openly."""
    reference = record.testbuy.reference
    openly = {photo.id for photo in originals_for(tx, level, record)}
    sealed = {photo.id for photo in sealed_for(level, record)}
    copies = {copy.made_from: copy for copy in masked_for(tx, level, record)}
    inner, rows = list[Sealed](), list[bundle.Withheld]()
    for photo in record.photos:
        if not photo.accepted or photo.id in openly:
            continue
        name = inner_name(photo) if photo.id in sealed else None
        if name:
            inner.append(_from_vault(vault, name, photo.digest))
        copy = copies.get(photo.digest)
        rows.append(
            bundle.Withheld(
                _kind(photo),
                photo.digest,
                words.say(f"index.{record.why_withheld(photo)}"),
                reference,
                photo.shot,
                name,
                None if copy is None else "masked copy" if copy.masked else "preview",
            )
        )
    for certificate in record.notary_certificates:
        rows.append(_of_certificate(level, reference, certificate, words))
        if name := rows[-1].inner_name:
            inner.append(_from_vault(vault, name, certificate.digest))
    rows += [
        bundle.Withheld("statement", scan.digest, words.say("index.place"), reference)
        for verdict in record.verdicts
        for scan in verdict.scans
        if not scan_goes_along(level, names_place=scan.names_place)
    ]
    if chat and chat.covers:
        whole = Given.SEALED_ORIGINAL in beside(level, Beside.CHAT)
        name = f"chat-{reference}.json" if whole else None
        if name:
            inner.append(Sealed(name, chat.whole))
        reason, digest = words.say("held.chat"), sha256_of(chat.whole)
        rows.append(
            bundle.Withheld("chat", digest, reason, reference, None, name, "data/chat.json")
        )
    return inner, rows


def _of_certificate(
    level: Level, reference: str, certificate: NotaryCertificate, words: Words
) -> bundle.Withheld:
    reason = words.say(
        "held.certificate",
        office=certificate.office,
        number=certificate.number,
        day=certificate.issued_on.isoformat(),
        covers=certificate.covers,
    )
    name = None
    if Given.SEALED_ORIGINAL in beside(level, Beside.CERTIFICATE):
        name = f"certificate-{parse(certificate.digest)[:16]}.{suffix_of(certificate.media_type)}"
    return bundle.Withheld("certificate", certificate.digest, reason, reference, None, name)


def inner_name(photo: Photo) -> str:
    """How an original is called in the inner bag."""
    return f"{photo.shot}-{parse(photo.digest)[:16]}.{suffix_of(photo.media_type)}"


def _from_vault(vault: Vault, name: str, digest: str) -> Sealed:
    return Sealed(name, chunks=partial(vault.chunks, digest), length=vault.size_of(digest))


def _kind(photo: Photo) -> str:
    if photo.media_type in PICTURES:
        return "photo"
    return "document" if photo.media_type in DOCUMENTS else "film"


@dataclass(frozen=True, slots=True)
class _Chat:
    """The chat as every package shows it, as it was said, and whether the two differ."""

    shown: dict[str, Any]
    whole: bytes
    covers: bool


def _chat(tx: Transaction, record: Record) -> _Chat | None:
    if not record.chat:
        return None
    said = [each.message.text for each in record.chat if each.message.said_by == "buyer"]
    hide = leading_words(tx, record.testbuy, said)
    shown = [_message(record, each, hide) for each in record.chat]
    whole = [_message(record, each, frozenset()) for each in record.chat]
    about = {"testbuy": record.testbuy.reference}
    text = json.dumps({**about, "messages": whole}, ensure_ascii=False, indent=2, sort_keys=True)
    return _Chat(
        {**about, "messages": shown}, text.encode(), any(each["salt"] is None for each in shown)
    )


def _message(record: Record, said: Said, hide: frozenset[str]) -> dict[str, Any]:
    """One message. Its salt opens message and translations: it is given where all are whole."""
    message = said.message
    texts = [message.text, *(each.text for each in said.translations)]
    whole = all(covered(text, hide) == text for text in texts)
    return {
        "message": message.id,
        "from": message.said_by,
        "language": message.language,
        "said_at": message.said_at.isoformat(),
        "text": covered(message.text, hide),
        "commitment": salted(message.text, message.salt),
        "salt": message.salt.hex() if whole else None,
        "translations": [
            {
                "language": each.language,
                "text": covered(each.text, hide),
                "translator": covered(each.translator, hide),
                "commitment": salted(each.text, message.salt),
            }
            for each in said.translations
        ],
        "warnings": [
            {
                "warning": warned.warning.id,
                "words": list(warned.warning.matched),
                "remarks": [covered(each.text, hide) for each in warned.remarks],
            }
            for warned in record.conduct_warnings
            if warned.message.id == message.id
        ],
    }
