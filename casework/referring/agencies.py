"""Agencies as they state themselves, and the certificates that inner bags are encrypted to.

Owns changing what is on record of an agency, taking certificates in, from a person at a page or the
operator at the command line, and which one counts: they are kept for ever, the last one counting.
Leaves what a certificate must be like to `evidence.envelope`, and adding agencies to
`casework.programme.programme`.
"""

from dataclasses import asdict, dataclass

from casework.act import Act
from casework.errors import NotFound, Refused, Stale, ensure
from evidence import envelope
from evidence.digests import sha256_of
from evidence.envelope import Reader
from rules.delivery import Delivery, address_of, may_take
from rules.roles import Role
from storage import ledger
from storage.rows import add, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Agency, AgencyCertificate, Referral

KEEPERS = frozenset({Role.LIAISON, Role.ADMINISTRATOR})
"""Roles that add an agency's certificate."""

_certificates = table_of(AgencyCertificate)


@dataclass(frozen=True, slots=True)
class Stated:
    """What is on record of an agency; the columns of `storage.tables.Agency` say what each is."""

    name: str
    jurisdiction: str
    contact: str
    needs: str
    needs_exhibit: bool | None


def mark_of(row: Agency) -> str:
    """What a form names of the record that it showed."""
    told = (row.name, row.jurisdiction, row.contact, row.needs, row.needs_exhibit, row.delivery)
    return sha256_of(repr(told).encode())


def set_agency(
    db: Database, act: Act, agency: int, stated: Stated, *, seen: str, reason: str
) -> None:
    """Put on record what an agency states, in the place of what was; Stale where `seen` is not the
    mark of that any more.

    Packages that were sent keep the name they were sent under. Its country stays once a referral
    is for it: the thresholds that referral was drafted under are those of the country.
    """
    if act.role is not Role.ADMINISTRATOR:
        raise Refused("Only an administrator changes what is on record of an agency.")
    if not (stated.name.strip() and reason.strip()):
        raise Refused("Name the agency, and say why it is changed.")
    with db.write() as tx:
        row = one(tx, Agency, id=agency, lock=True)
        if row is None:
            raise NotFound("There is no such agency.")
        if seen != mark_of(row):
            raise Stale(f"What is on record of {row.name} was changed meanwhile. Look at it again.")
        other = one(tx, Agency, name=stated.name.strip())
        if other is not None and other.id != row.id:
            raise Refused(f"There is an agency {other.name} already.")
        referred = every(tx, Referral, agency_id=row.id, limit=1)
        if referred and stated.jurisdiction != row.jurisdiction:
            raise Refused(
                f"{row.name} has referrals drafted under the thresholds of {row.jurisdiction}, so "
                "its country stays. Add an agency for the other country."
            )
        if row.delivery is Delivery.MAIL and address_of(stated.contact) is None:
            raise Refused(
                f"Referrals go to {row.name} by mail, so its contact is an e-mail address. "
                "Choose another way of delivery first."
            )
        said = asdict(stated) | {
            name: getattr(stated, name).strip() for name in ("name", "contact", "needs")
        }
        changed = sorted(name for name, value in said.items() if getattr(row, name) != value)
        if not changed:
            raise Refused("This is on record already. Change something first.")
        change_one(tx, Agency, row.id, **said)
        facts = {"what": "agency changed", "agency": row.id, "changed": changed, "by": act.by}
        facts["reason"] = sha256_of(reason.strip().encode())
        ledger.append(tx, ledger.PROGRAMME, facts, act.now)


def set_delivery(
    db: Database, act: Act, agency: int, way: Delivery, *, seen: str, reason: str
) -> None:
    """Say how referrals go to an agency; Stale where `seen` is not the mark of what is on record.

    By mail only to one with a valid certificate and an e-mail address. What is intended already
    goes the way it was intended.
    """
    if act.role not in KEEPERS:
        raise Refused("Only a liaison or administrator says how referrals go to an agency.")
    if not reason.strip():
        raise Refused("Say why the way of delivery is changed.")
    with db.write() as tx:
        row = one(tx, Agency, id=agency, lock=True)
        if row is None:
            raise NotFound("There is no such agency.")
        if seen != mark_of(row):
            raise Stale(f"What is on record of {row.name} was changed meanwhile. Look at it again.")
        if row.delivery is way:
            raise Refused("This is on record already. Change something first.")
        usable = _usable(tx, act, row.id)
        ensure(may_take(way, row.name, contact=row.contact, certificate=usable))
        change_one(tx, Agency, row.id, delivery=way)
        facts = {"what": "delivery", "agency": row.id, "way": way, "by": act.by}
        facts["reason"] = sha256_of(reason.strip().encode())
        ledger.append(tx, ledger.PROGRAMME, facts, act.now)


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
        ledger.append(tx, ledger.PROGRAMME, {**facts, "by": act.by}, act.now)
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


def _usable(tx: Transaction, act: Act, agency_id: int) -> bool:
    """Whether something can be encrypted to the certificate that counts today."""
    kept = certificate_of(tx, agency_id)
    if kept is None:
        return False
    try:
        envelope.recipient(kept.pem.encode(), act.now)
    except envelope.EnvelopeError:
        return False
    return True
