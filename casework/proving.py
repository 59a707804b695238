"""Proof, at a form that signs, that the person who is logged in sits there: password and code.

Owns what is asked for and the checking of it. Each proof stands in the programme's ledger. Leaves
which forms ask for it to the portal.
"""

from datetime import datetime

from casework import passwords, second_factor, throttle
from casework.campaigns import PROGRAMME_LEDGER
from casework.errors import NotFound, Refused
from casework.strongbox import Strongbox
from rules import access as rules
from rules.access import Proof
from storage import ledger, policies
from storage.rows import one
from storage.session import Database, Transaction
from storage.tables import Person


def to_sign(db: Database, person_id: int) -> frozenset[Proof]:
    """What a signature asks this person for; empty where being logged in is all there is."""
    with db.read() as tx:
        return _to_sign(tx, _person(tx, person_id))


def prove(
    db: Database,
    box: Strongbox,
    person_id: int,
    password: str,
    code: str,
    now: datetime,
    *,
    purpose: str,
) -> frozenset[Proof]:
    """Prove, before something is signed, that the person is there: by password and code.

    Gives what was proved. The code is used up by it. `purpose` says in the ledger what for, by
    references alone. Refused where something is wrong or missing, TooMany after too many tries.
    """
    with db.read() as tx:
        person = _person(tx, person_id)
        asked = _to_sign(tx, person)
        if Proof.CODE in asked and not second_factor.enrolled(tx, person_id):
            raise Refused("Set up your second factor first, on the page of your account.")
    if Proof.PASSWORD in asked:
        check_password(db, person_id, password, now)
    if Proof.CODE in asked:
        second_factor.spend(db, box, person_id, code, now)
    facts = {
        "what": "signed",
        "with": sorted(each.value for each in asked),
        "for": purpose,
        "by": f"person:{person_id}",
    }
    with db.write() as tx:
        ledger.append(tx, PROGRAMME_LEDGER, facts, now)
    return asked


def check_password(db: Database, person_id: int, password: str, now: datetime) -> None:
    """Refused where it is not the password of this person, who is logged in."""
    throttle.take(db, now, (throttle.PASSWORD, str(person_id)))
    with db.read() as tx:
        stored = _person(tx, person_id).password_hash
    if not passwords.fits(password, stored):
        raise Refused("Your password is wrong. Type the one you log in with.")
    throttle.forget(db, throttle.PASSWORD, str(person_id))


def _to_sign(tx: Transaction, person: Person) -> frozenset[Proof]:
    return rules.to_sign(
        policies.read(tx).second_factor,
        has_password=person.password_hash is not None,
        enrolled=second_factor.enrolled(tx, person.id),
    )


def _person(tx: Transaction, person_id: int) -> Person:
    person = one(tx, Person, id=person_id, active=True)
    if person is None:
        raise NotFound("There is no open account with this number.")
    return person
