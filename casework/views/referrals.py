"""Referrals: what waits for a liaison, and one referral with the test buys it rests on."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casework.errors import NotFound
from casework.gauge.gauging import gauge
from casework.gauge.pricing import Worth, worth
from casework.outcomes.referrals import authors_of, contributors_of, members_of
from casework.privacy.releases import Standing, standing
from casework.referring import gating
from casework.referring.following import all_steps_of, corrections_of
from casework.verdicts.reviewing import recipient_name, under_review
from casework.views.agencies import CertificateFacts, counting
from casework.views.feedback import feedback_of
from casework.views.package import PackagePage, of_operator
from casework.views.raids import RaidLine, raids_of_referral
from rules.completeness import ItemReading
from rules.correcting import beside, in_place
from rules.feedback import Feedback
from rules.raids import RaidState
from rules.referral import DeclineReason, ReferralMove, moves_from
from rules.referral_days import DATED, NUMBERED
from rules.thresholds import Gauge
from rules.waiting import SENDING_ANSWER
from storage import keyset
from storage.keyset import FIRST, Paged, Turn
from storage.linking import survivor
from storage.persons import names
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Agency,
    Operator,
    Referral,
    ReferralCorrection,
    ReferralStep,
    ReferralTestBuy,
    Shop,
    SupersededNotice,
    TestBuy,
)


@dataclass(frozen=True, slots=True)
class ReferralLine:
    """A referral in a list."""

    referral: Referral
    operator: str
    agency: str
    testbuys: int
    under_review: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """Word owed to a recipient because a verdict was superseded, and its receipt."""

    notice: SupersededNotice
    recipient: str


@dataclass(frozen=True, slots=True)
class ReferralPage:
    """One referral with its operator, shops and test buys. `people` gives names by number.

    `contributors` are the persons who put something into it; `in_doubt`: nobody knows whether the
    agency has it, and a liaison is asked. `certificate` is what an inner bag is encrypted to.
    `worth`: both valuations, by the test buys' currencies. `items`: how complete its package is;
    `authors` let none of them go. `steps`: what the agency did with it, a correction beside what it
    corrects; `counting` are the numbers of those that count, `dated` and `numbered` those of which
    a person's word on the day or the number may be corrected, and `corrections` the last word on
    correcting a step.
    """

    referral: Referral
    operator: Operator
    agency: Agency
    shops: Sequence[Shop]
    testbuys: Sequence[TestBuy]
    contributors: frozenset[int]
    in_doubt: bool
    people: dict[int, str]
    superseded: tuple[Told, ...]
    under_review: bool
    standing: Standing
    certificate: CertificateFacts | None
    worth: tuple[Worth, ...]
    raids: Sequence[RaidLine]
    package: PackagePage
    gauge: Gauge
    items: tuple[ItemReading, ...]
    authors: frozenset[int]
    steps: Sequence[ReferralStep]
    counting: frozenset[int]
    dated: frozenset[int]
    numbered: frozenset[int]
    corrections: dict[int, ReferralCorrection]
    feedback: Feedback

    @property
    def may_follow(self) -> tuple[ReferralMove, ...]:
        """What a liaison may record of it now; while a raid is planned on it, not its end."""
        waits = any(each.raid.state is RaidState.PLANNED for each in self.raids)
        found = moves_from(self.referral.state)
        return tuple(step for step in found if not (waits and step is ReferralMove.CLOSE))


def referrals(db: Database, turn: Turn = FIRST) -> Paged[ReferralLine]:
    """A page of referrals, newest first."""
    with db.read() as tx:
        found = keyset.page(tx, Referral, newest=True, turn=turn)
        return found.each(lambda rows: _lines(tx, rows))


def _lines(tx: Transaction, rows: Sequence[Referral]) -> list[ReferralLine]:
    operators, agencies = table_of(Operator).c, table_of(Agency).c
    names_of = {
        each.id: each.name
        for each in every(tx, Operator, operators.id.in_([row.operator_id for row in rows]))
    }
    theirs = {
        each.id: each.name
        for each in every(tx, Agency, agencies.id.in_([row.agency_id for row in rows]))
    }
    links = table_of(ReferralTestBuy).c
    resting = every(tx, ReferralTestBuy, links.referral_id.in_([row.id for row in rows]))
    counts = Counter(link.referral_id for link in resting)
    reviewed = set(under_review(tx))
    return [
        ReferralLine(
            row,
            names_of[row.operator_id],
            theirs[row.agency_id],
            counts[row.id],
            row.reference in reviewed,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class ReferralFacts:
    """A referral as a table tells it; `days`: of the newest step of each kind at its agency.

    `file_number`: of the criminal file; `declined`: the reason from the list.
    """

    line: ReferralLine
    operator: str
    country: str
    days: Mapping[ReferralMove, date]
    file_number: str
    declined: DeclineReason | None


def every_referral(db: Database) -> Sequence[ReferralFacts]:
    """All of them, the oldest first."""
    rows, own = table_of(Referral).c, table_of(ReferralStep).c
    with db.read() as tx:
        operators = {row.id: row.reference for row in every(tx, Operator)}
        countries = {row.id: row.jurisdiction for row in every(tx, Agency)}
        steps: dict[int, list[ReferralStep]] = defaultdict(list)
        for step in in_place(every(tx, ReferralStep, order_by=own.id)):
            steps[step.referral_id].append(step)
        return [
            ReferralFacts(
                line,
                operators[line.referral.operator_id],
                countries[line.referral.agency_id],
                {step.move: step.happened_on for step in steps[line.referral.id]},
                _file_number(steps[line.referral.id]),
                next((e.decline_reason for e in steps[line.referral.id] if e.decline_reason), None),
            )
            for line in _lines(tx, every(tx, Referral, order_by=rows.id))
        ]


def _file_number(steps: Sequence[ReferralStep]) -> str:
    return next((each.number or "" for each in steps if each.move is ReferralMove.FILE), "")


def to_review(db: Database) -> Sequence[str]:
    """The references of referrals that rest on a superseded verdict."""
    with db.read() as tx:
        return under_review(tx)


def referral(db: Database, reference: str, now: datetime) -> ReferralPage:
    """One referral by its reference; NotFound where there is none. The gauge is as of `now`."""
    with db.read() as tx:
        row = one(tx, Referral, table_of(Referral).c.reference == reference)
        if row is None:
            raise NotFound(f"There is no referral {reference}.")
        operator = one(tx, Operator, table_of(Operator).c.id == row.operator_id)
        agency = one(tx, Agency, table_of(Agency).c.id == row.agency_id)
        assert operator and agency  # foreign keys hold them
        members, contributors = members_of(tx, row.id), contributors_of(tx, row)
        level, steps = standing(tx, reference), all_steps_of(tx, row.id)
        standing_ones, asked = in_place(steps), corrections_of(tx, row.id)
        typed = [each for each in standing_ones if each.recorded_by is not None]
        deciding = [each.release.asked_by for each in level.requests]
        deciding += [yes.person_id for each in level.requests for yes in each.approvals]
        deciding += [step.recorded_by for step in steps]
        deciding += [who for each in asked for who in (each.asked_by, each.decided_by)]
        return ReferralPage(
            row,
            operator,
            agency,
            every(tx, Shop, operator_id=survivor(tx, operator.id), order_by=table_of(Shop).c.id),
            members,
            contributors,
            any(member.waiting_name == SENDING_ANSWER.name for member in members),
            names(tx, [row.drafted_by, row.approved_by, *contributors, *deciding]),
            _told(tx, row, members),
            row.reference in under_review(tx),
            level,
            counting(tx, agency.id),
            tuple(
                worth(tx, operator.id, currency)
                for currency in sorted({member.currency for member in members})
            ),
            raids_of_referral(tx, row.id),
            of_operator(tx, operator),
            gauge(tx, operator.id, agency.jurisdiction, now),
            gating.readings(tx, row, now),
            authors_of(tx, row),
            [each for chain in beside(steps) for each in chain],
            frozenset(each.id for each in standing_ones),
            frozenset(each.id for each in typed if each.move in DATED),
            frozenset(each.id for each in typed if each.move in NUMBERED),
            {each.step_id: each for each in asked},
            feedback_of(tx, agency.id, now),
        )


def _told(tx: Transaction, row: Referral, members: Sequence[TestBuy]) -> tuple[Told, ...]:
    """What is owed to the referral's agency, and to the rights holder for its test buys."""
    notices = table_of(SupersededNotice).c
    rows = every(
        tx,
        SupersededNotice,
        notices.testbuy_id.in_([member.id for member in members]),
        order_by=notices.id,
    )
    return tuple(
        Told(each, recipient_name(tx, each)) for each in rows if each.referral_id in (None, row.id)
    )
