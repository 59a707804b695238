"""Agencies' certificates: what the inner bag is encrypted to, kept for ever, the last one counting.

Owns taking them in, from a person at a page or the operator at the command line, and which one
counts. Leaves what a certificate must be like to `evidence.envelope`, and agencies themselves to
`casework.programme`.
"""

from casework.act import Act
from casework.campaigns import PROGRAMME_LEDGER
from casework.errors import NotFound, Refused
from evidence import envelope
from evidence.envelope import Reader
from rules.roles import Role
from storage import ledger
from storage.rows import add, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Agency, AgencyCertificate

KEEPERS = frozenset({Role.LIAISON, Role.ADMINISTRATOR})
"""Roles that add an agency's certificate."""

_certificates = table_of(AgencyCertificate)


def add_certificate(db: Database, act: Act, *, agency: str, data: bytes) -> Reader:
    """Keep an agency's certificate (PEM or DER) for inner bags, in the place of the one before.

    Only the certificate itself is kept, whatever else the file holds. Gives what it says, its
    fingerprint to be compared aloud.
    """
    if act.role not in KEEPERS:
        raise Refused("Only a liaison or administrator adds an agency's certificate.")
    try:
        certificate = envelope.recipient(data, act.now)
    except envelope.EnvelopeError as error:
        raise Refused(str(error)) from error
    said = envelope.reader(certificate)
    with db.write() as tx:
        # Held, so that of two at the same moment the later one counts for both.
        authority = one(tx, Agency, name=agency, lock=True)
        if authority is None:
            raise NotFound(f"There is no agency {agency}. Choose it from the list.")
        counting = certificate_of(tx, authority.id)
        if counting is not None and counting.fingerprint == said.fingerprint:
            raise Refused(f"{agency} has this certificate on record already, and it counts.")
        add(
            tx,
            AgencyCertificate,
            agency_id=authority.id,
            pem=said.pem,
            fingerprint=said.fingerprint,
            added_by=act.person,
            added_at=act.now,
        )
        facts = {"what": "certificate", "agency": authority.id, "fingerprint": said.fingerprint}
        ledger.append(tx, PROGRAMME_LEDGER, {**facts, "by": act.by}, act.now)
    return said


def certificate_of(tx: Transaction, agency_id: int) -> AgencyCertificate | None:
    """The certificate that counts: the last one added."""
    kept = every(
        tx,
        AgencyCertificate,
        agency_id=agency_id,
        order_by=_certificates.c.id.desc(),
        limit=1,
    )
    return kept[0] if kept else None
