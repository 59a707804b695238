"""What a package holds: decided once, for the package that is sent and for its preview alike.

Owns which dossiers, files, statements, chains, proofs and facts a bundle is made of, and under
which names. Nothing is made or written here. Leaves what goes along of one test buy to
`casework.papers.packing`, making a package to `casework.papers.dossiers`, showing it to
`casework.papers.previewing`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from casework import heads
from casework.buying.commitments import commitment_of
from casework.clock import anchoring
from casework.gauge.gauging import gauge
from casework.papers import reporting
from casework.papers.facts import facts_of
from casework.papers.packing import Packed, pack
from casework.papers.printing import printed
from casework.papers.reported import Reported, reported
from casework.papers.rows_told import document_name
from casework.papers.sellers_shown import SellersShown, sellers_shown
from casework.record import disclosing
from casework.record.record import Record, read
from casework.record.seals import Seals
from casework.referring.sending import SendIntent
from casework.verdicts import statements
from casework.verdicts.stating import ORGANISATION
from evidence import bundle, dossier, report, statement
from evidence.envelope import Sealed
from evidence.ledger import Entry
from evidence.signatures import Seal
from evidence.vault import Vault
from evidence.words import languages_for, words_of
from rules.audience import Level
from rules.thresholds import LimbReading
from storage import ledger
from storage.session import Transaction


@dataclass(frozen=True, slots=True)
class About:
    """What a bundle is of: one test buy, or a referral with those it rests on.

    `level`: what it holds of the buyer; `because`: why, in a sentence that names nobody.
    """

    reference: str
    testbuys: Sequence[str]
    level: Level
    because: str
    agency: str | None
    referral: SendIntent | None = None


class Paper(NamedTuple):
    """A dossier of a package: of which test buy, in which language, under which name.

    `name` is "" for the first, which lies apart.
    """

    reference: str
    language: str
    name: str


@dataclass(frozen=True, slots=True)
class Made:
    """What is made anew for a bundle, and what only its maker knows."""

    dossiers: Mapping[Paper, bytes]
    statements: Mapping[str, bytes]
    sealed_bag: bytes | Path | None = None
    seal: Seal | None = None
    front: Callable[[Mapping[str, Any]], bytes] | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that a package holds. `parts`, `limbs` and `roots` are those of `records`, in order."""

    about: About
    language: str
    languages: tuple[str, ...]
    records: Sequence[Record]
    parts: Sequence[Packed]
    limbs: Sequence[tuple[LimbReading, ...]]
    roots: Sequence[dossier.Anchor | None]
    stated: Sequence[statement.Statement]
    entries: tuple[Entry, ...]
    proofs: bytes | None
    facts: Mapping[str, Any]
    told: Reported | None
    shown: SellersShown

    @property
    def reports(self) -> list[Paper]:
        """The referral's report in each language, its own first; none of a single test buy's."""
        if self.told is None:
            return []
        name = f"referral-{self.about.reference}"
        own = [Paper(self.about.reference, self.language, f"{name}.pdf")]
        return own + [
            Paper(self.about.reference, other, f"{name}.{other}.pdf")
            for other in self.languages
            if other != self.language
        ]

    @property
    def papers(self) -> list[Paper]:
        """The dossiers, the first one first; in the package's own language before any other."""
        names = [record.testbuy.reference for record in self.records]
        own = [Paper(name, self.language, f"dossier-{name}.pdf") for name in names]
        own[:1] = [paper._replace(name="") for paper in own[:1]]
        return own + [
            Paper(name, other, f"dossier-{name}.{other}.pdf")
            for other in self.languages
            if other != self.language
            for name in names
        ]

    @property
    def inner(self) -> list[Sealed]:
        """The files of the inner bag, which is encrypted to the agency."""
        return [*(file for part in self.parts for file in part.inner), *self.shown.inner]

    @property
    def withheld(self) -> tuple[bundle.Withheld, ...]:
        """What lies in the inner bag alone, or is named only."""
        return (*(row for part in self.parts for row in part.withheld), *self.shown.withheld)

    @property
    def chat(self) -> list[dict[str, Any]]:
        """The chats, as every level shows them."""
        return [part.chat for part in self.parts if part.chat is not None]

    def dossier_of(
        self, vault: Vault, paper: Paper, now: datetime, seals: Seals
    ) -> dossier.Dossier:
        """What one of its dossiers prints."""
        names = [record.testbuy.reference for record in self.records]
        at = names.index(paper.reference)
        return printed(
            self.records[at],
            vault,
            self.limbs[at],
            now,
            paper.language,
            anchor=self.roots[at],
            demo_authority=seals.is_demo,
        )

    def report_of(self, vault: Vault, paper: Paper, now: datetime, seals: Seals) -> report.Report:
        """What the report prints in a language."""
        assert self.told is not None  # `reports` has looked
        demo = seals.is_demo
        return reporting.content(self.told, self.records, vault, now, paper.language, demo=demo)

    def as_bundle(self, vault: Vault, now: datetime, made: Made) -> bundle.Bundle:
        """The bundle of what was gathered and `made`."""
        first, *others = self.papers
        parts, words = self.parts, words_of(self.language)
        return bundle.Bundle(
            reference=self.about.reference,
            organisation=ORGANISATION,
            generated_at=now,
            vault=vault,
            originals=tuple(each for part in parts for each in part.originals),
            previews=tuple(each for part in parts for each in part.previews),
            masked=tuple(each for part in parts for each in part.masked),
            papers=(*self._documents(), *(each for part in parts for each in part.papers)),
            videos=tuple(each for part in parts for each in part.videos),
            statements=made.statements,
            captures=tuple({each.name: each for part in parts for each in part.captures}.values()),
            stamps={name: stamp for part in parts for name, stamp in part.stamps.items()},
            chat={"testbuys": self.chat} if self.chat else None,
            sellers=self.shown.files,
            withheld=self.withheld,
            disclosure=disclosing.of_package([each.disclosed for each in self.records], words),
            anchors=self.proofs,
            sealed_bag=made.sealed_bag,
            seal=made.seal,
            language=self.language,
            dossier=made.dossiers[first],
            further={paper.name: made.dossiers[paper] for paper in (*self.reports, *others)},
            ledger=self.entries,
            facts=self.facts,
            front=made.front,
        )

    def _documents(self) -> Iterator[bundle.Filed]:
        """The papers that rows of the package rest on, each once under its row's name."""
        if self.told is not None:
            for digest, row in self.told.rows.documents.items():
                yield bundle.Filed(document_name(row), digest)


def gather(
    tx: Transaction,
    vault: Vault,
    about: About,
    now: datetime,
    seals: Seals,
    *,
    told_in: str | None = None,
) -> Gathered:
    """All that a package of `about` holds now; raises NotFound.

    Reasons for what is withheld are in the package's language, or in `told_in` for somebody who
    reads them on a page.
    """
    records = [read(tx, each, about.level) for each in about.testbuys]
    languages = _languages(records)
    words = words_of(told_in or languages[0])
    chains, subjects = [record.chain for record in records], [*about.testbuys]
    if about.referral is not None:
        chains.insert(0, tuple(ledger.chain(tx, about.reference)))
        subjects.insert(0, about.reference)
    facts = [facts_of(record) | _commitment(tx, record) for record in records]
    told = reported(tx, about.reference, records, now) if about.referral else None
    shown = SellersShown()
    if told is not None:
        shown = sellers_shown(tx, vault, about.level, told.links, words)
        told = replace(told, links=replace(told.links, shown=shown.beside))
    return Gathered(
        about,
        languages[0],
        languages,
        records,
        parts=[pack(tx, vault, about.level, each, words) for each in records],
        limbs=[gauge_lines(tx, record, now) for record in records],
        roots=[heads.beside(tx, each) for each in about.testbuys],
        stated=[each for one in records for each in statements.contents(tx, vault, one, seals)],
        entries=tuple(entry for chain in chains for entry in chain),
        proofs=anchoring.proofs(tx, subjects),
        facts=_told(about, facts) | ({"package": told.data} if told else {}),
        told=told,
        shown=shown,
    )


def gauge_lines(tx: Transaction, record: Record, now: datetime) -> tuple[LimbReading, ...]:
    """The gauge that a dossier prints; empty where nobody knows whose shop it is, or where."""
    if record.operator is None or record.shop.region is None:
        return ()
    return gauge(tx, record.operator.id, record.shop.region, now).limbs


def _told(about: About, facts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """data/testbuy.json: the facts of a test buy, or a referral's with those of each."""
    intent = about.referral
    level = {"level": about.level, "level_because": about.because}
    if intent is None:
        return {**facts[0], **level}
    return {
        "referral": intent.reference,
        "agency": intent.agency,
        "operator": intent.operator,
        "grounds": list(intent.grounds),
        **level,
        "testbuys": list(facts),
    }


def _commitment(tx: Transaction, record: Record) -> dict[str, str]:
    """What stands for the buyer's identity, which two people can open later."""
    made = commitment_of(tx, record.testbuy)
    return {"buyer_commitment": made} if made else {}


def _languages(records: Sequence[Record]) -> tuple[str, ...]:
    """Those of the agency the package is for, its own first; without one, English."""
    agency = next((record.agency for record in records if record.agency), None)
    return languages_for(agency.jurisdiction if agency else None)
