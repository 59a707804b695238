"""Agencies with the certificates that packages are encrypted to."""

from dataclasses import dataclass

from casework.agencies import certificate_of
from casework.views.people import names
from evidence import envelope
from evidence.envelope import Reader
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
    """An agency; its certificates newest first, of which the first counts."""

    agency: Agency
    certificates: tuple[CertificateFacts, ...]


def agencies(db: Database) -> tuple[AgencyFacts, ...]:
    """Every agency, by name."""
    with db.read() as tx:
        rows = table_of(AgencyCertificate).c
        kept = every(tx, AgencyCertificate, order_by=rows.id.desc())
        people = names(tx, [each.added_by for each in kept])
        return tuple(
            AgencyFacts(
                agency,
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
