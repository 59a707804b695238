"""Dossier and bundle of a test buy, and the package of a referral, made from its record.

Owns making one: setting the dossiers, closing the inner bag, the seal, the zip. Leaves what a
package holds to `casework.papers.gathering`, what is printed to `casework.papers.printing`, the
setting and the layout to `evidence`.
"""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casework import heads
from casework.papers import levels
from casework.papers.gathering import About, Made, gather, gauge_lines
from casework.papers.printing import printed
from casework.privacy import releases
from casework.record.record import read
from casework.record.seals import NONE, Seals
from casework.referring.sending import SendIntent
from casework.verdicts import statements
from evidence import bundle, dossier, report, starthere
from evidence.digests import digest_of_file
from evidence.disk import sync
from evidence.vault import Vault
from storage.session import Database

REASON = "Made by the test-buy programme from its record"


@dataclass(frozen=True, slots=True)
class Package:
    """A bundle as a file."""

    path: Path
    digest: str


def dossier_pdf(
    db: Database, vault: Vault, reference: str, now: datetime, language: str = "en",
    seals: Seals = NONE,
) -> bytes:  # fmt: skip
    """The dossier of `reference` as PDF/A, in a language, signed where there is a key."""
    with db.read() as tx:
        record = read(tx, reference)
        limbs = gauge_lines(tx, record, now)
        anchor = heads.beside(tx, reference)
    content = printed(
        record, vault, limbs, now, language, anchor=anchor, demo_authority=seals.is_demo
    )
    return seals.signed(dossier.render(content, language=language, fonts=seals.fonts), now, REASON)


def write_bundle(
    db: Database, vault: Vault, reference: str, target: Path, now: datetime, seals: Seals = NONE
) -> str:
    """Write the bundle of `reference` to `target`; gives its digest.

    It is of the full level where two people agreed to that and an agency is known to read it.
    """
    with db.read() as tx:
        agency = read(tx, reference).agency
        standing = releases.standing(tx, reference, readable=agency is not None)
    about = About(
        reference, (reference,), standing.level, standing.because, agency.name if agency else None
    )
    return _write(db, vault, about, target, now, seals)


def write_referral(
    db: Database, vault: Vault, intent: SendIntent, folder: Path, now: datetime,
    seals: Seals = NONE,
) -> Package:  # fmt: skip
    """The package of a referral: the dossier and files of each test buy it rests on.

    At the full level, which two people agreed to, what identifies the buyer goes along in a bag
    that only the agency's key opens. Raises Refused where the agency has no certificate for it.

    Written once: a second call finds the file, so that what is sent again after a crash is what
    was sent at first. Of two at the same time the first one's stays, and both give that.
    """
    target = folder / f"{intent.reference}.zip"
    if target.is_file():
        return Package(target, digest_of_file(target))
    with db.read() as tx:
        standing = releases.standing(tx, intent.reference)
    about = About(
        intent.reference,
        intent.testbuys,
        standing.level,
        standing.because,
        intent.agency,
        intent,
    )
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".bundle-", dir=folder) as aside:
        made = Path(aside) / target.name
        _write(db, vault, about, made, now, seals)
        # A run that lost its lease while it packed may meet the one that took over.
        with suppress(FileExistsError):
            os.link(made, target)
    sync(folder)
    return Package(target, digest_of_file(target))


def _write(
    db: Database, vault: Vault, about: About, target: Path, now: datetime, seals: Seals
) -> str:
    with tempfile.TemporaryDirectory(prefix="bundle-") as folder:
        closed = Path(folder) / "sealed-bag.p7m"
        with db.read() as tx:
            held = gather(tx, vault, about, now, seals)
            with closed.open("wb") as out:
                sealed = levels.inner_bag(tx, out, now, held.inner, about.agency or "")
        pages = {paper: held.dossier_of(vault, paper, now, seals) for paper in held.papers}
        set_now = {
            paper: dossier.render(page, fonts=seals.fonts) for paper, page in pages.items()
        } | {
            paper: report.render(held.report_of(vault, paper, now, seals), fonts=seals.fonts)
            for paper in held.reports
        }
        made = Made(
            dossiers={paper: seals.signed(pdf, now, REASON) for paper, pdf in set_now.items()},
            statements=statements.packed(vault, held.records, held.stated, now, seals, about.level),
            sealed_bag=closed if sealed else None,
            seal=seals.seal,
            front=lambda index: starthere.render(
                [page for paper, page in pages.items() if paper.language == held.language],
                index,
                held.language,
                chat=held.chat,
                withheld=held.withheld,
            ),
        )
        return bundle.write(target, held.as_bundle(vault, now, made)).digest
