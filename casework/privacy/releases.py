"""Releases: who asks for a package of the full level, and the two who agree.

Neither of the two asked, and neither is the other. Owns the requests and what a test buy or
referral may be packed at now. Leaves what a level holds to `casework.papers.levels`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.move import find, note
from casework.outcomes.referrals import hold_referral
from casework.telling.notifying import tell
from rules.audience import Level
from rules.notices import NoticeKind
from rules.roles import Role
from storage import ledger, testbuys
from storage.rows import add, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Referral, Release, ReleaseApproval, TestBuy

ASKERS = frozenset({Role.LIAISON, Role.ANALYST})
APPROVERS = frozenset({Role.SUPERVISOR, Role.APPROVER, Role.LIAISON})
NEEDED = 2
"""How many people agree to the full level."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asked for the full level; who agreed so far, in order."""

    release: Release
    approvals: tuple[ReleaseApproval, ...]
    needed: int

    @property
    def agreed(self) -> bool:
        """Whether enough people agreed."""
        return len(self.approvals) >= self.needed


@dataclass(frozen=True, slots=True)
class Standing:
    """The level at which `subject` is packed now, and every request for the full one.

    Not `readable`: no agency is known to whom an inner bag could be encrypted.
    """

    subject: str
    requests: tuple[Asked, ...]
    readable: bool = True

    @property
    def level(self) -> Level:
        """Redacted until two agreed."""
        agreed = any(each.agreed for each in self.requests)
        return Level.FULL if agreed and self.readable else Level.REDACTED

    @property
    def pending(self) -> Asked | None:
        """The request nearest to its two people, where the full level is not agreed to."""
        if any(each.agreed for each in self.requests):
            return None
        return max(self.requests, key=lambda each: len(each.approvals), default=None)

    @property
    def because(self) -> str:
        """Why the level is what it is, as a package says it; names nobody."""
        if waits := self.pending:
            if waits.agreed:
                return "Two people agreed to the full level, but there is no agency to encrypt to."
            return (
                f"The full level of {self.subject} was asked for on "
                f"{waits.release.asked_at:%Y-%m-%d}; {len(waits.approvals)} of {waits.needed} "
                "people agreed so far, so that this package is redacted."
            )
        if not self.requests:
            return f"Nobody asked for the full level of {self.subject}."
        if not self.readable:
            return "No agency is known to whom an inner bag could be encrypted."
        done = min(each.approvals[-1].approved_at for each in self.requests if each.agreed)
        return (
            f"{NEEDED} people, neither of whom asked, agreed to the full level of {self.subject}; "
            f"the last of them on {done:%Y-%m-%d}."
        )


def ask(db: Database, act: Act, subject: str, *, reason: str) -> int:
    """Ask for the full level of a test buy (`TB-…`) or referral (`RF-…`); the release's number."""
    if act.role not in ASKERS or act.person is None:
        raise Refused("Only a liaison or analyst asks for a package of the full level.")
    if not reason.strip():
        raise Refused("Say who needs the full package and why; it is kept on record.")
    with db.write() as tx:
        about, row = _held(tx, act, subject)
        number = add(
            tx,
            Release,
            level=Level.FULL,
            **about,
            reason=reason.strip(),
            asked_by=act.person,
            asked_at=act.now,
        )
        _tell(tx, act, row, "full package asked for", {"release": number, "level": Level.FULL})
        for role in sorted(APPROVERS):
            text = (
                f"{subject}: the full level of its package is asked for. "
                "Two people who did not ask must agree; read why on its page."
            )
            _notice(tx, act, subject, f"release:{number}:{role}", text, to_role=role)
        return number


def approve(db: Database, act: Act, number: int) -> int:
    """One person's yes; gives how many are still needed."""
    if act.role not in APPROVERS or act.person is None:
        raise Refused("Only a supervisor, approver or liaison agrees to a full package.")
    with db.read() as tx:
        subject = _subject(tx, _release(tx, number))
    with db.write() as tx:
        # The subject is held, so that approvals of one release take turns.
        _, row = _held(tx, act, subject)
        release = _release(tx, number)
        if release.asked_by == act.person:
            raise Refused("You asked for this package; two others must agree to it.")
        given = _approvals(tx, number)
        if any(each.person_id == act.person for each in given):
            raise Refused("You agreed already; a second person must agree as well.")
        if len(given) >= NEEDED:
            raise Refused("Two people agreed already; nothing needs to be done.")
        yes = {"release_id": number, "person_id": act.person, "role": act.role}
        add(tx, ReleaseApproval, **yes, approved_at=act.now)
        left = NEEDED - len(given) - 1
        _tell(tx, act, row, "full package approved", {"release": number, "still_needed": left})
        if not left:
            text = (
                f"{subject}: two people agreed to the full level. "
                "What is packed from now on has it."
            )
            _notice(tx, act, subject, f"release:{number}:agreed", text, to_person=release.asked_by)
        return left


def standing(tx: Transaction, subject: str, *, readable: bool = True) -> Standing:
    """At which level a test buy or referral is packed now, and what was asked about it."""
    about, _ = _known(tx, subject)
    releases = table_of(Release).c
    asked = every(
        tx,
        Release,
        *(releases[name] == number for name, number in about.items()),
        order_by=releases.id,
    )
    requests = tuple(Asked(each, tuple(_approvals(tx, each.id)), NEEDED) for each in asked)
    return Standing(subject, requests, readable)


def _known(tx: Transaction, subject: str) -> tuple[dict[str, int], TestBuy | Referral]:
    row = testbuys.by_reference(tx, subject)
    if row is not None:
        return {"testbuy_id": row.id}, row
    referral = one(tx, Referral, reference=subject)
    if referral is None:
        raise NotFound(f"There is no test buy or referral {subject}. Check the reference.")
    return {"referral_id": referral.id}, referral


def _held(tx: Transaction, act: Act, subject: str) -> tuple[dict[str, int], TestBuy | Referral]:
    about, _ = _known(tx, subject)
    held = (
        find(tx, act, subject) if "testbuy_id" in about else hold_referral(tx, act, subject, None)
    )
    return about, held


def _tell(
    tx: Transaction, act: Act, row: TestBuy | Referral, what: str, facts: dict[str, object]
) -> None:
    """Into the ledger of what is released."""
    testbuy = testbuys.by_reference(tx, row.reference)
    if testbuy is not None:
        note(tx, act, testbuy, what, facts, wake=False)
    else:
        ledger.append(tx, row.reference, {"what": what, "by": act.by, **facts}, act.now)


def _notice(
    tx: Transaction,
    act: Act,
    subject: str,
    key: str,
    text: str,
    *,
    to_role: Role | None = None,
    to_person: int | None = None,
) -> None:
    kind = NoticeKind.LEVEL_ASKED if to_role else NoticeKind.LEVEL_AGREED
    tell(tx, act, kind, key, text, to_role=to_role, to_person=to_person, about=subject)


def _release(tx: Transaction, number: int) -> Release:
    release = one(tx, Release, id=number)
    if release is None:
        raise NotFound("There is no such release.")
    return release


def _approvals(tx: Transaction, number: int) -> Sequence[ReleaseApproval]:
    rows = table_of(ReleaseApproval).c
    return every(
        tx, ReleaseApproval, release_id=number, order_by=(rows.approved_at, rows.person_id)
    )


def _subject(tx: Transaction, release: Release) -> str:
    table, number = (
        (TestBuy, release.testbuy_id) if release.testbuy_id else (Referral, release.referral_id)
    )
    row = one(tx, table, id=number)
    assert row is not None  # a foreign key holds it
    return row.reference
