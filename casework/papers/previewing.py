"""What an agency would get of a referral, before anybody approves it.

Owns the list of files with what is withheld and what stands in the way, and a dossier that says on
each page that it is a preview. What goes in is decided by `casework.papers.gathering`, as for the
package itself, and laid out by the code that writes it. Nothing is sealed, signed, encrypted or
written.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from casework.errors import NotFound, Refused
from casework.gauge.gauging import gauge
from casework.papers import levels
from casework.papers.gathering import About, Gathered, Made, Paper, gather
from casework.privacy import releases
from casework.record.seals import Seals
from casework.referring.sending import intent_of
from casework.verdicts import statements
from evidence import bundle, dossier, report
from evidence.bundle import BundleError, Listed, Withheld
from evidence.typesetting import can_set
from evidence.vault import Vault, VaultError
from rules.audience import Level
from rules.thresholds import Gauge
from storage.rows import one
from storage.session import Database, Transaction
from storage.tables import Agency, Operator, Referral


@dataclass(frozen=True, slots=True)
class Inner:
    """A file of the inner bag: its name there, its digest and size."""

    name: str
    digest: str
    size: int


@dataclass(frozen=True)
class Preview:
    """A referral's package as it would be now.

    `standing` is the level that was agreed to, `level` the one that is looked at. Of `files` those
    from the vault are there already; the others are made when it is packed, and have `made`.
    `obstacles`: why it could not be packed as it stands, in sentences. `papers` can be opened.
    """

    referral: Referral
    agency: Agency
    operator: str
    level: Level
    standing: releases.Standing
    languages: tuple[str, ...]
    testbuys: tuple[str, ...]
    papers: tuple[Paper, ...]
    files: tuple[Listed, ...]
    withheld: tuple[Withheld, ...]
    inner: tuple[Inner, ...]
    gauge: Gauge
    obstacles: tuple[str, ...]
    signs: bool

    @cached_property
    def folders(self) -> dict[str, list[Listed]]:
        """The files by the folder of the bag they lie in, "" for those on top."""
        found: dict[str, list[Listed]] = {}
        for file in self.files:
            _, _, rest = file.name.rpartition("data/")
            folder = rest.partition("/")[0] if "/" in rest else ""
            found.setdefault(folder, []).append(file)
        return found

    def paper_at(self, name: str) -> Paper | None:
        """The dossier that a file of the bag is, if it is one."""
        inside = name.removeprefix("data/documents/").replace("data/dossier.pdf", "")
        return next((paper for paper in self.papers if paper.name == inside), None)

    @property
    def size(self) -> int:
        """Bytes of what is there already; what is made anew is small beside it."""
        return sum(file.size for file in self.files if file.from_vault)


def preview(
    db: Database,
    vault: Vault,
    reference: str,
    now: datetime,
    seals: Seals,
    *,
    level: Level | None = None,
    told_in: str = "en",
) -> Preview:
    """The package of a referral at its own level, or at `level`; raises NotFound."""
    with db.read() as tx:
        row = _referral(tx, reference)
        agency = one(tx, Agency, id=row.agency_id)
        operator = one(tx, Operator, id=row.operator_id)
        assert agency and operator  # foreign keys hold them
        about, standing = _about(tx, row, level)
        held = gather(tx, vault, about, now, seals, told_in=told_in)
        files, broken = _listed(vault, held, now, seals)
        return Preview(
            row,
            agency,
            operator.reference,
            about.level,
            standing,
            held.languages,
            tuple(about.testbuys),
            (*held.reports, *held.papers),
            files,
            held.withheld,
            tuple(_inner(held)),
            gauge(tx, row.operator_id, agency.jurisdiction, now),
            (*broken, *_obstacles(tx, held, now, seals)),
            seals.signer is not None,
        )


def dossier_pdf(
    db: Database,
    vault: Vault,
    reference: str,
    testbuy: str,
    now: datetime,
    language: str,
    seals: Seals,
    *,
    level: Level | None = None,
) -> bytes:
    """A dossier of the package as PDF, each page marked as a preview and none signed.

    The referral's own reference in place of a test buy's gives its report.
    """
    with db.read() as tx:
        about, _ = _about(tx, _referral(tx, reference), level)
        held = gather(tx, vault, about, now, seals)
    reports = [each for each in held.reports if each[:2] == (testbuy, language)]
    if reports:
        paper = replace(held.report_of(vault, reports[0], now, seals), preview=True)
        return report.render(paper, fonts=seals.fonts)
    asked = [each for each in held.papers if each[:2] == (testbuy, language)]
    if not asked:
        raise NotFound(f"The package of {reference} has no such dossier.")
    page = replace(held.dossier_of(vault, asked[0], now, seals), preview=True)
    return dossier.render(page, fonts=seals.fonts)


def _referral(tx: Transaction, reference: str) -> Referral:
    row = one(tx, Referral, reference=reference)
    if row is None:
        raise NotFound(f"There is no referral {reference}.")
    return row


def _about(tx: Transaction, row: Referral, level: Level | None) -> tuple[About, releases.Standing]:
    intent, standing = intent_of(tx, row), releases.standing(tx, row.reference)
    at = level or standing.level
    about = About(row.reference, intent.testbuys, at, standing.because, intent.agency, intent)
    return about, standing


def _listed(
    vault: Vault, held: Gathered, now: datetime, seals: Seals
) -> tuple[tuple[Listed, ...], list[str]]:
    """The files of the bundle, and why it could not be laid out, where it could not."""
    if not held.papers:
        return (), ["It rests on no test buy, so that there is nothing to pack."]
    statements_made = statements.named(held.stated)
    copies = statements.copies_along(held.records, held.about.level)
    made = Made(
        dossiers=dict.fromkeys([*held.reports, *held.papers], b""),
        statements=dict.fromkeys([*statements_made, *copies], b""),
        sealed_bag=b"" if held.inner else None,
        # What fills signatures/ is made of the finished bag; here it is only said that it will be.
        seal=(lambda _: {}) if seals.signer else None,
        front=lambda _: b"",
    )
    try:
        files = bundle.listed(held.as_bundle(vault, now, made))
        known = {f"data/statements/{name}": digest for name, digest in copies.items()}
        return tuple(_lasting(vault, file, known.get(file.name)) for file in files), []
    except (BundleError, VaultError) as error:
        return (), [str(error)]


def _lasting(vault: Vault, file: Listed, digest: str | None) -> Listed:
    """A signed copy lies in the vault, too, and goes along as it lies there."""
    if digest is None:
        return file
    return Listed(file.name, digest, vault.size_of(digest), from_vault=True)


def _inner(held: Gathered) -> Iterator[Inner]:
    digests = {row.inner_name: row.digest for row in held.withheld if row.inner_name}
    for name, file in {file.name: file for file in held.inner}.items():
        yield Inner(name, digests[name], file.size)


def _obstacles(tx: Transaction, held: Gathered, now: datetime, seals: Seals) -> Iterator[str]:
    if held.inner:
        yield from _refusal(lambda: levels.recipient_of(tx, now, held.about.agency or ""))
    yield from _refusal(lambda: seals.ensure_valid(now))
    if not all(can_set(language, seals.fonts) for language in held.languages):
        yield (
            "The dossier can't be set in Chinese here: no typeface for it is installed "
            "(fonts-noto-cjk), or TESTBUY_FONTS names another folder."
        )


def _refusal(look: Callable[[], object]) -> Sequence[str]:
    try:
        look()
    except Refused as refused:
        return refused.reasons
    return ()
