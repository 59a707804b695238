"""The inbox: everything that waits for a person, whatever it is, most urgent first.

Owns which kinds of things wait for which role, and where each is done. Nothing is listed that is
not a row which waits (`storage.inbox`): what is done elsewhere is gone from here. The same kinds
make the number in the navigation, the page, and the daily mail. Leaves their words to the doors.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.lifecycle import Stage
from rules.notices import NoticeKind
from rules.roles import Role
from storage import inbox as rows
from storage.inbox import MOST, Reader, Row
from storage.rows import every
from storage.session import Database, Transaction
from storage.tables import DeadlinePolicy

PAST = 50
_UNHURRIED = timedelta(days=1)
"""What has no deadline stands among the rest as if it were due so long after it began."""
_OUTSIDE = frozenset({Role.AUTHENTICATOR, Role.DESK})
FOR_AUTHENTICATORS = "An examination has waited for its verdict beyond its time. Open your queue."


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of thing that waits for `roles`; it is done at `address`, by the page `route`."""

    kind: str
    route: str
    address: str
    roles: frozenset[Role]


def _source(kind: str, route: str, address: str, *roles: Role) -> Source:
    return Source(kind, route, address, frozenset(roles))


_EVERYBODY = tuple(role for role in Role if role is not Role.PROGRAMME)
_ABOVE = (Role.ANALYST, Role.APPROVER, Role.SUPERVISOR, Role.LIAISON, Role.CLERK, Role.COUNSEL)
_CHECKING = (Role.COUNSEL, Role.SUPERVISOR)
_AGREEING = (Role.SUPERVISOR, Role.APPROVER, Role.LIAISON)

SOURCES: tuple[Source, ...] = (
    _source("escalated", "testbuy", "/testbuys/{place}", *_ABOVE),
    _source("request", "approvals", "/approvals", Role.APPROVER),
    _source("campaign", "campaigns", "/campaigns", Role.APPROVER),
    _source("disposal", "approvals", "/approvals", Role.APPROVER, Role.SUPERVISOR),
    _source("level", "referral", "/referrals/{place}#level", *_AGREEING),
    _source("identity", "identity", "/testbuys/{place}/identity", Role.SUPERVISOR, Role.APPROVER),
    _source("decision", "testbuy", "/testbuys/{place}", Role.ANALYST),
    _source("held", "testbuy", "/testbuys/{place}", Role.ANALYST),
    _source("lead", "leads", "/leads", Role.ANALYST),
    _source("proposal", "proposals", "/proposals#proposal-{place}", Role.ANALYST),
    _source("alike", "resemblances", "/alike", Role.SUPERVISOR, Role.ANALYST),
    _source("referral", "referral", "/referrals/{place}", Role.LIAISON),
    _source("referral_correction", "referral", "/referrals/{place}#steps", Role.APPROVER),
    _source("raid_correction", "raid", "/raids/{place}", Role.SUPERVISOR),
    _source("unsent", "referral", "/referrals/{place}", Role.LIAISON),
    _source("answer", "referral", "/referrals/{place}", Role.LIAISON),
    _source("referral_review", "referral", "/referrals/{place}", Role.LIAISON),
    _source("review", "superseded", "/superseded?testbuy={place}", Role.LIAISON, Role.ANALYST),
    _source("claim", "claim", "/claims/{place}", Role.APPROVER),
    _source("claim_strike", "claim", "/claims/{place}", Role.APPROVER),
    _source("claim_review", "claim", "/claims/{place}", Role.COUNSEL),
    _source("receipt", "superseded", "/superseded?testbuy={place}", Role.LIAISON),
    _source("sanction", "sanction", "/sanctions/{place}", Role.APPROVER),
    _source("sanction_notice", "sanction", "/sanctions/{place}", Role.ANALYST),
    _source("appeal", "sanction", "/sanctions/{place}", Role.APPROVER, Role.SUPERVISOR),
    _source("objection", "sanction", "/sanctions/{place}", Role.ANALYST),
    _source("brushing", "brushing", "/brushing/{place}", Role.APPROVER),
    _source("waiver", "waivers", "/waivers", Role.SUPERVISOR),
    _source("certificate", "certificates", "/testbuys/{place}/certificates", *_CHECKING),
    _source("threshold", "frame", "/frame#threshold-{place}", Role.COUNSEL),
    _source("period", "retention", "/retention#period-{place}", Role.COUNSEL),
    _source("conduct", "conduct", "/conduct", Role.SUPERVISOR),
    _source("hand_over", "exhibit", "/exhibits/{place}", Role.CLERK, Role.SUPERVISOR, Role.LIAISON),
    _source("intake", "exhibits", "/exhibits?find={place}", Role.CLERK),
    _source("carry_out", "exhibit", "/exhibits/{place}", Role.CLERK),
    _source("confirm", "exhibits", "/exhibits?photo={place}#to-confirm", Role.CLERK),
    _source("translation", "chat", "/testbuys/{place}/chat", Role.CLERK),
    _source("asset", "exhibit", "/exhibits/{place}", Role.CLERK),
    _source("examination", "examination", "/examinations/{place}", Role.AUTHENTICATOR),
    _source("consignment", "desk_exhibit", "/desk/{place}", Role.DESK),
    _source("task", "task", "/tasks/{place}", Role.BUYER),
    _source("bag", "task", "/tasks/{place}", Role.BUYER),
    _source("kit", "tasks", "/tasks", Role.BUYER),
    _source("wakeup", "wakeups", "/wakeups", Role.ENGINEER),
    _source("mail", "mails", "/mails", Role.ADMINISTRATOR),
    _source("notice", "home", "", *_EVERYBODY),
)  # fmt: skip
"""Every kind of thing that waits, once. A page shows those of the roles that the reader holds."""

_PLACES = {
    NoticeKind.SEAL_BROKEN: "/exhibits/{place}",
    NoticeKind.PAGE_GONE: "/testbuys/{place}",
    NoticeKind.FLAG_WRONG: "/testbuys/{place}",
    NoticeKind.GREY_MARKET: "/testbuys/{place}",
    NoticeKind.IDENTITY_AGREED: "/testbuys/{place}/identity",
    NoticeKind.LEVEL_AGREED: "/referrals/{place}",
    NoticeKind.VERDICT_SUPERSEDED: "/examinations/{place}",
    NoticeKind.ASSET_GONE: "/assets",
    NoticeKind.BUYERS_WANTED: "/people",
    NoticeKind.LEFT_BEHIND: "/exhibits/{place}",
    NoticeKind.SANCTION: "/sanctions/{place}",
}
"""Where what a notice tells of is looked at; others are about nothing that has a page."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that waits. `due_at` is its first deadline, also after that has passed.

    `address` is where it is done, "" for a notice that leads nowhere. `role` is who a late test
    buy waits for, where that is somebody else.
    """

    kind: str
    number: int
    subject: str
    detail: str | None
    since: datetime
    due_at: datetime | None
    late: bool
    address: str
    role: Role | None
    reminded_at: datetime | None
    text: str | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits, most urgent first; `counts` by kind. `more`: kinds of which only the first show.

    `kind` is the only one shown, where one was chosen.
    """

    late: tuple[Line, ...]
    waiting: tuple[Line, ...]
    notices: tuple[Line, ...]
    counts: dict[str, int]
    more: frozenset[str]
    kind: str | None

    @property
    def total(self) -> int:
        """The number in the navigation."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class PastNotices:
    """Notices that were put away; `older` is the key of the next page, if any."""

    rows: tuple[rows.Past, ...]
    older: int | None


def sources_for(roles: frozenset[Role]) -> tuple[Source, ...]:
    """The kinds of things that can wait for a holder of `roles`."""
    return tuple(source for source in SOURCES if source.roles & roles)


def count(db: Database, reader: Reader) -> tuple[int, bool]:
    """How many lines the inbox has, and whether more wait than it shows."""
    with db.read() as tx:
        counted = counted_in(tx, reader)
    return sum(min(each, MOST) for each in counted.values()), max(
        counted.values(), default=0
    ) > MOST


def counted_in(tx: Transaction, reader: Reader) -> dict[str, int]:
    """How many of each kind wait; `MOST` + 1 where more do."""
    return rows.counts(tx, reader, [source.kind for source in sources_for(reader.roles)])


def inbox(db: Database, reader: Reader, kind: str | None = None) -> Inbox:
    """What waits for the reader: all of it, or of one kind."""
    with db.read() as tx:
        return inbox_in(tx, reader, kind)


def inbox_in(tx: Transaction, reader: Reader, kind: str | None = None) -> Inbox:
    """The same in a transaction."""
    counted = {name: number for name, number in counted_in(tx, reader).items() if number}
    patience = {
        row.stage: timedelta(seconds=row.remind_after_seconds) for row in every(tx, DeadlinePolicy)
    }
    shown = [
        _line(source, row, patience, reader.now)
        for source in sources_for(reader.roles)
        if source.kind in counted and kind in (None, source.kind)
        for row in rows.lines(tx, reader, source.kind)
    ]
    return Inbox(
        late=_urgent_first(each for each in shown if each.late),
        waiting=_urgent_first(e for e in shown if not e.late and e.kind != "notice"),
        notices=tuple(each for each in shown if each.kind == "notice"),
        counts={name: min(number, MOST) for name, number in counted.items()},
        more=frozenset(name for name, number in counted.items() if number > MOST),
        kind=kind if kind in counted else None,
    )


def past(db: Database, reader: Reader, older_than: int | None) -> PastNotices:
    """A page of notices that were put away, the newest first."""
    with db.read() as tx:
        found = rows.past(tx, reader, older_than, PAST + 1)
    older = found[PAST - 1].row.number if len(found) > PAST else None
    return PastNotices(tuple(found[:PAST]), older)


def address_of(kind: NoticeKind, about: str) -> str:
    """Where what a notice of this kind tells of is looked at, "" where nowhere."""
    return _address(_PLACES.get(kind, ""), about)


def said(row: Row) -> str:
    """What a notice says. To authenticators never its text, which may name a test buy."""
    return FOR_AUTHENTICATORS if row.role is Role.AUTHENTICATOR else row.text or ""


def _line(source: Source, row: Row, patience: dict[Stage, timedelta], now: datetime) -> Line:
    due_at, notice = _due(source, row, patience), source.kind == "notice"
    # What a notice to authenticators or desks is about may be a test buy, which they never learn.
    place = "" if notice and row.role in _OUTSIDE else row.place
    return Line(
        kind=source.kind,
        number=row.number,
        subject=row.subject if place else "",
        detail=row.detail,
        since=row.since,
        due_at=due_at,
        late=due_at is not None and due_at <= now,
        address=address_of(NoticeKind(row.detail or "other"), place)
        if notice
        else _address(source.address, place),
        role=row.role,
        reminded_at=row.reminded_at,
        text=said(row) if notice else row.text,
        reasons=tuple(row.reasons or ()),
    )


def _address(pattern: str, place: str) -> str:
    # A package is a test buy's or a referral's, and is asked for and agreed to by either name.
    if place.startswith("TB-"):
        pattern = pattern.replace("/referrals/", "/testbuys/")
    return pattern.format(place=place) if place else ""


def _due(source: Source, row: Row, patience: dict[Stage, timedelta]) -> datetime | None:
    """The first deadline: once somebody was reminded, the row holds the next one, or none.

    An examination is due as long after its opening as every other: the test buy's own deadline
    would tell a second look from a first one.
    """
    if source.kind == "examination":
        lasts = patience.get(Stage.SUBMITTED)
        return None if lasts is None else row.since + lasts
    after = patience.get(row.stage) if row.stage else None
    if row.reminded_at is None or after is None:
        return row.due_at
    return min(row.since + after, row.reminded_at)


def _urgent_first(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=_urgency))


def _urgency(line: Line) -> tuple[datetime, int]:
    return line.due_at or line.since + _UNHURRIED, line.number
