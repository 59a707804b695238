"""Which person of the provider an account belongs to, from the first single sign-on on.

An e-mail address is lent: the organisation gives it to somebody else one day. The pair of issuer
and subject is the person's for good (OpenID Connect Core 1.0, 5.7). So the account that is found by
a verified address is bound to the pair it came with, and from then on that pair alone signs it in.
Owns the bindings, and that an administrator undoes one with a reason. Leaves judging the provider's
word to `connectors.sign_on`, and the way there and back to `casework.people.signing_on`.
"""

from collections.abc import Collection
from datetime import datetime

from casework.act import Act
from casework.errors import NotFound, Refused, Stale
from casework.people import log_ins
from casework.people.log_ins import Device, NewLogIn
from casework.people.shutting_out import shut_out
from connectors.sign_on import Vouched
from evidence.digests import salted
from rules.access import Began
from rules.roles import Role
from storage import ledger
from storage.rows import add, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Person, SignOnBinding

_NOBODY = (
    "There is no open account with the e-mail address your organisation gave. Ask an "
    "administrator to open one."
)
_ANOTHER = (
    "This account belongs to another person of your organisation: the same e-mail address came "
    "with another identity. Nobody was let in, and it is recorded. Ask an administrator."
)
_bindings, _people = table_of(SignOnBinding).c, table_of(Person).c


def let_in(
    db: Database,
    vouched: Vouched,
    *,
    two_factors: bool,
    now: datetime,
    seed: bytes,
    device: Device,
) -> NewLogIn:
    """Begin the log-in of whom a provider vouches for: by the pair it is bound to, else by address.

    It opens no account and grants nothing. `two_factors`: the provider says that it asked for two.
    Refused where no open account is found, and, with a record of it, where the account that is
    found by its address is bound to another pair.
    """
    with db.write() as tx:
        known = one(
            tx,
            SignOnBinding,
            issuer=vouched.issuer,
            subject=vouched.subject,
            undone_at=None,
        )
        email = vouched.email.strip().lower()
        whose = _people.id == known.person_id if known else _people.email == email
        person = one(tx, Person, whose, active=True, lock=True)
        if person is None:
            raise Refused(_NOBODY)
        # Read once more: whoever binds or undoes holds the person.
        bound = one(tx, SignOnBinding, person_id=person.id, undone_at=None)
        if bound is None and known:
            raise Stale("What this account is bound to has just changed. Begin it again.")
        if bound is None:
            _bind(tx, person.id, vouched, now)
        if bound is None or (bound.issuer, bound.subject) == (vouched.issuer, vouched.subject):
            return log_ins.begin(
                tx, person.id, Began.SIGN_ON, device, now, seed, second_factor=two_factors
            )
        _note_refusal(tx, bound, now)
    # Refused outside, so that the record of it is committed.
    raise Refused(_ANOTHER)


def undo(db: Database, act: Act, person_id: int, *, reason: str) -> None:
    """Undo the binding of a person's account; the next sign-on with its address binds it anew.

    Who was bound wrongly may be logged in: log-ins, links and invitations end (ADR 13).
    """
    if act.role is not Role.ADMINISTRATOR:
        raise Refused(f"Only an administrator undoes a binding; you act as {act.role}.")
    if act.person == person_id:
        raise Refused("Ask another administrator to undo the binding of your own account.")
    if not reason.strip():
        raise Refused("Say why the binding is undone.")
    with db.write() as tx:
        shut_out(tx, person_id)
        bound = one(tx, SignOnBinding, person_id=person_id, undone_at=None)
        if bound is None:
            raise NotFound("The account is bound to nobody of a provider.")
        salt = act.salt(f"binding:{bound.id}")
        change_one(
            tx,
            SignOnBinding,
            bound.id,
            undone_at=act.now,
            undone_by=act.person,
            reason=reason.strip(),
            salt=salt,
        )
        facts = {"what": "single sign-on unbound", "of": person_id, "binding": bound.id}
        facts |= {"because": salted(reason.strip(), salt), "by": act.by}
        ledger.append(tx, ledger.PROGRAMME, facts, act.now)


def bound_of(tx: Transaction, ids: Collection[int]) -> dict[int, SignOnBinding]:
    """The bindings in force of these persons, by the person's number."""
    rows = every(tx, SignOnBinding, _bindings.person_id.in_(ids), _bindings.undone_at.is_(None))
    return {row.person_id: row for row in rows}


def _bind(tx: Transaction, person_id: int, vouched: Vouched, now: datetime) -> None:
    number = add(
        tx,
        SignOnBinding,
        person_id=person_id,
        issuer=vouched.issuer,
        subject=vouched.subject,
        bound_at=now,
    )
    facts = {"what": "single sign-on bound", "of": person_id, "binding": number}
    ledger.append(tx, ledger.PROGRAMME, facts | {"by": f"person:{person_id}"}, now)


def _note_refusal(tx: Transaction, bound: SignOnBinding, now: datetime) -> None:
    change_one(tx, SignOnBinding, bound.id, refused_at=now)
    facts = {"what": "single sign-on refused", "of": bound.person_id, "binding": bound.id}
    ledger.append(tx, ledger.PROGRAMME, facts | {"because": "another identity"}, now)
