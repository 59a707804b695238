"""Proof, at a form that signs, that the person who is logged in sits there: password and code.

Owns what is asked for and the checking of it. Each signature stands in the programme's ledger, in
the transaction of what it is put under. Leaves which forms ask for it to the portal.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from casework.errors import NotFound, Refused
from casework.people import passwords, second_factor, throttle
from casework.people.strongbox import Strongbox
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


class GivenProof:
    """What somebody gave at a form that signs. `sign` takes it in the transaction that it signs.

    Made by `signing` alone.
    """

    def __init__(self, box: Strongbox, person: Person, asked: frozenset[Proof], code: str) -> None:
        self._box, self._asked, self._code = box, asked, code
        self._person_id, self._password_hash = person.id, person.password_hash
        self.signed = False
        self.wrong = False

    def sign(self, tx: Transaction, what: str, facts: Mapping[str, str], now: datetime) -> None:
        """Use up the code, and note in the programme's ledger what was signed with what.

        `what` and `facts` name it by references and digests alone. Refused where the code is wrong
        or was used, and where the person, their password or what is asked for changed meanwhile.
        """
        person = _person(tx, self._person_id)
        if _to_sign(tx, person) != self._asked or person.password_hash != self._password_hash:
            raise Refused("What your signature asks for has just changed. Sign once more.")
        if Proof.CODE in self._asked:
            try:
                second_factor.spend_in(tx, self._box, person.id, self._code, now)
            except Refused:
                self.wrong = True
                raise
        signed = {
            "what": "signed",
            "with": sorted(each.value for each in self._asked),
            "for": what,
            "by": f"person:{person.id}",
        }
        ledger.append(tx, ledger.PROGRAMME, {**signed, **facts}, now)
        self.signed = True


@contextmanager
def signing(
    db: Database, box: Strongbox, person_id: int, password: str, code: str, now: datetime
) -> Iterator[GivenProof]:
    """A signature to put under something in this block: the person is there, by password and code.

    The password is checked now, the code when the signature is put down: what is refused for
    another reason uses up no code, and no try. Refused where something is wrong or missing, TooMany
    after too many tries.
    """
    with db.read() as tx:
        person = _person(tx, person_id)
        asked = _to_sign(tx, person)
        if Proof.CODE in asked and not second_factor.enrolled(tx, person_id):
            raise Refused("Set up your second factor first, on the page of your account.")
    if Proof.PASSWORD in asked:
        check_password(db, person_id, password, now)
    proof, tried = GivenProof(box, person, asked, code), (throttle.CODE, str(person_id))
    if Proof.CODE not in asked:
        yield proof
        return
    throttle.take(db, now, tried)
    try:
        yield proof
    except BaseException:
        if not proof.wrong:
            throttle.give_back(db, tried)
        raise
    if proof.signed:
        throttle.forget(db, *tried)
    else:
        throttle.give_back(db, tried)


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
