"""A referral that goes by mail: owed in the mails' outbox, handed over, and what became of it.

The mail is owed in one transaction with the digest of what it brings; the referral is sent in the
transaction that writes down that a server took the mail. A sender that dies between leaves the mail
owed: it may come twice, and says so, while the referral is sent once. Leaves when a mail is tried
again to `casework.mails.mailing`, and the encrypted file to `casework.mails.outgoing`.
"""

from email.message import EmailMessage

from cryptography.x509 import Certificate

from casework import letters
from casework.act import Act
from casework.errors import Refused, ensure
from casework.letters import referral as letter_of
from casework.letters.referral import Brought
from casework.mails import outgoing
from casework.mails.outgoing import Encrypted
from casework.move import find, note
from casework.outcomes.referrals import (
    hold_operator,
    hold_referral,
    members_of,
    referral_of,
    rewrite,
)
from casework.papers.levels import recipient_of
from casework.referring.sending import bring, take_back
from connectors.mail import MailRefused
from evidence.words import languages_for
from rules.delivery import Delivery, address_of, fits_mail, may_take
from rules.referral import ReferralState
from rules.waiting import SENDING_ANSWER
from storage import ledger, mails, policies, testbuys
from storage.mails import Owed
from storage.rows import one
from storage.session import Database, Transaction
from storage.tables import Agency, Mail, Referral


def on_its_way(db: Database, reference: str) -> bool:
    """Whether the referral of this test buy has a mail already, owed, sent or in doubt."""
    with db.read() as tx:
        testbuy = testbuys.by_reference(tx, reference)
        row = referral_of(tx, testbuy.id) if testbuy else None
        return row is not None and one(tx, Mail, referral_id=row.id) is not None


def ensure_mailable(db: Database, agency: str) -> None:
    """Raise Refused where the agency's contact is no address now; its certificate shows later."""
    with db.read() as tx:
        row = one(tx, Agency, name=agency)
        assert row is not None  # the referral is for it
        ensure(may_take(Delivery.MAIL, row.name, contact=row.contact, certificate=True))


def owe(db: Database, act: Act, reference: str, package: str, encrypted: Encrypted) -> bool:
    """Owe the mail that brings a referral, whose package has the digest `package`.

    `reference` is the test buy's whose run sends it. False where the mail is owed already, or a
    liaison has settled the referral meanwhile. Raises Refused where it is too large for a mail.
    """
    with db.write() as tx:
        ensure(fits_mail(encrypted.size, policies.read(tx).mail_megabytes))
        row = referral_of(tx, find(tx, act, reference).id)
        if row is None:
            return False
        row = hold_referral(tx, act, row.reference, None)
        if not _intended(row):
            return False
        key, digest = f"referral:{row.reference}", encrypted.digest
        message_id = act.token(f"mail:{key}", 32)
        if not mails.owe_package(tx, key, row.id, digest, message_id=message_id, now=act.now):
            return False
        rewrite(tx, act, row, {"packed_digest": package})
        facts = {"what": "mail owed", "bundle": package, "encrypted": digest}
        ledger.append(tx, row.reference, facts, act.now)
        return True


def write(db: Database, act: Act, owed: Owed, office: letters.Office) -> EmailMessage | None:
    """The mail with its package. None where the referral is not to be sent by it any more.

    Raises MailRefused where the agency's contact is no address, the file is not there, or the
    certificate it is encrypted to is not the one that counts today.
    """
    with db.write() as tx:
        row, agency = _of(tx, owed)
        if not _intended(row) or row.packed_digest is None or owed.attached is None:
            mails.forget_package(tx, row.id)
            return None
        reader = _reader(tx, act, agency)
    file = office.outgoing and outgoing.encrypted_of(office.outgoing, row.reference, owed.attached)
    if not file:
        raise MailRefused(
            "package",
            f"The encrypted package of {row.reference} is not where it was put. "
            "Send the referral again.",
        )
    if not outgoing.is_for(file, row.reference, reader):
        raise MailRefused(
            "certificate",
            f"{agency.name} has another certificate since {row.reference} was encrypted. "
            "Send the referral again.",
        )
    brought = Brought(
        reference=row.reference,
        agency=agency.name,
        address=address_of(agency.contact) or agency.contact,
        packed=row.packed_digest,
        attached=owed.attached,
        data=file.read_bytes(),
        language=languages_for(agency.jurisdiction)[0],
    )
    return letter_of.letter(brought, owed.message_id, act.now, office)


def sent(db: Database, act: Act, owed: Owed, address: str) -> bool:
    """A server took it: the mail is settled and the referral sent, both or neither.

    False where the claim had ended and another sender has it.
    """
    with db.write() as tx:
        row = _held(tx, act, owed)
        if not mails.settle(tx, owed, sent_at=act.now, sent_to=address, tried_because=None):
            return False
        if _intended(row):
            bring(tx, act, row, None, row.packed_digest)
        return True


def give_up(db: Database, act: Act, owed: Owed, why: str) -> None:
    """No server takes it: the liaison decides, or asks the agency where it may have arrived."""
    with db.write() as tx:
        row = _held(tx, act, owed)
        ended = {"given_up_at": act.now, "given_up_because": why, "settled_at": act.now}
        if not mails.settle(tx, owed, tried_because=why, **ended) or not _intended(row):
            return
        if not owed.unsure:
            take_back(tx, act, row, f"The mail server refused the package: {why}")
            return
        rewrite(tx, act, row, {})
        facts = {"referral": row.reference}
        sender = members_of(tx, row.id)[0]
        note(tx, act, sender, "referral outcome unknown", facts, waiting=SENDING_ANSWER)


def _reader(tx: Transaction, act: Act, agency: Agency) -> Certificate:
    """Who opens what is sent today: a key of before may be lost, or in other hands."""
    try:
        return recipient_of(tx, act.now, agency.name)
    except Refused as no:
        raise MailRefused("certificate", str(no)) from no


def _intended(row: Referral) -> bool:
    """Whether the referral is to go by mail, and nobody has settled it otherwise."""
    waits = row.state is ReferralState.APPROVED and row.unsent_because is None
    return waits and row.intended_at is not None and row.intended_way is Delivery.MAIL


def _of(tx: Transaction, owed: Owed) -> tuple[Referral, Agency]:
    row = one(tx, Referral, id=owed.referral_id)
    assert row is not None  # a foreign key holds it
    agency = one(tx, Agency, id=row.agency_id)
    assert agency is not None
    return row, agency


def _held(tx: Transaction, act: Act, owed: Owed) -> Referral:
    """The referral of a mail, held in the order that everybody keeps to, the mail's row last."""
    row, _ = _of(tx, owed)
    hold_operator(tx, row.operator_id)
    return hold_referral(tx, act, row.reference, None)
