"""Agencies with the certificates that packages are encrypted to."""

from dataclasses import dataclass
from datetime import datetime

from casework.referring.agencies import certificate_of, mark_of
from casework.views.feedback import feedback_of
from evidence import envelope
from evidence.envelope import Reader
from rules.feedback import Feedback
from storage.persons import names
from storage.rows import every, table_of
from storage.session import Database, Transaction
from storage.tables import Agency, AgencyCertificate


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """A certificate as it was kept, what it says, and who added it ("": at the command line)."""

    row: AgencyCertificate
    said: Reader
    by: str


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """An agency; its certificates newest first, of which the first counts. `mark`: what a form
    names of what is on record. `feedback`: what it made of its referrals.
    """

    agency: Agency
    mark: str
    feedback: Feedback
    certificates: tuple[CertificateFacts, ...]


def agencies(db: Database, now: datetime) -> tuple[AgencyFacts, ...]:
    """Every agency, by name, as of `now`."""
    with db.read() as tx:
        rows = table_of(AgencyCertificate).c
        kept = every(tx, AgencyCertificate, order_by=rows.id.desc())
        people = names(tx, [each.added_by for each in kept])
        return tuple(
            AgencyFacts(
                agency,
                mark_of(agency),
                feedback_of(tx, agency.id, now),
                tuple(_facts(each, people) for each in kept if each.agency_id == agency.id),
            )
            for agency in every(tx, Agency, order_by=table_of(Agency).c.name)
        )


def counting(tx: Transaction, agency_id: int) -> CertificateFacts | None:
    """The certificate that an agency's inner bags are encrypted to now."""
    row = certificate_of(tx, agency_id)
    return _facts(row, names(tx, [row.added_by])) if row else None


def _facts(row: AgencyCertificate, people: dict[int, str]) -> CertificateFacts:
    by = people.get(row.added_by, "") if row.added_by else ""
    return CertificateFacts(row, envelope.read(row.pem.encode()), by)
