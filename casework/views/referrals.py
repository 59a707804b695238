"""Referrals: what waits for a liaison, and one referral with the test buys it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.errors import NotFound
from casework.referrals import contributors_of, members_of
from casework.releases import Standing, standing
from casework.superseding import recipient_name, under_review
from casework.views.agencies import CertificateFacts, counting
from casework.views.people import names
from rules.waiting import SENDING_ANSWER
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Agency,
    Operator,
    Referral,
    ReferralTestBuy,
    Shop,
    SupersededNotice,
    TestBuy,
)

_REFERRALS = 200


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


def referrals(db: Database) -> tuple[ReferralLine, ...]:
    """Referrals, newest first."""
    with db.read() as tx:
        rows = every(tx, Referral, order_by=table_of(Referral).c.id.desc(), limit=_REFERRALS)
        operators = {each.id: each.name for each in every(tx, Operator)}
        agencies = {each.id: each.name for each in every(tx, Agency)}
        links = table_of(ReferralTestBuy).c
        resting = every(tx, ReferralTestBuy, links.referral_id.in_([row.id for row in rows]))
        counts: dict[int, int] = {}
        reviewed = set(under_review(tx))
        for link in resting:
            counts[link.referral_id] = counts.get(link.referral_id, 0) + 1
        return tuple(
            ReferralLine(
                row,
                operators[row.operator_id],
                agencies[row.agency_id],
                counts.get(row.id, 0),
                row.reference in reviewed,
            )
            for row in rows
        )


def to_review(db: Database) -> Sequence[str]:
    """The references of referrals that rest on a superseded verdict."""
    with db.read() as tx:
        return under_review(tx)


def referral(db: Database, reference: str) -> ReferralPage:
    """One referral by its reference; NotFound where there is none."""
    with db.read() as tx:
        row = one(tx, Referral, table_of(Referral).c.reference == reference)
        if row is None:
            raise NotFound(f"There is no referral {reference}.")
        operator = one(tx, Operator, table_of(Operator).c.id == row.operator_id)
        agency = one(tx, Agency, table_of(Agency).c.id == row.agency_id)
        assert operator and agency  # foreign keys hold them
        members, contributors = members_of(tx, row.id), contributors_of(tx, row)
        level = standing(tx, reference)
        deciding = [each.release.asked_by for each in level.requests]
        deciding += [yes.person_id for each in level.requests for yes in each.approvals]
        return ReferralPage(
            row,
            operator,
            agency,
            every(tx, Shop, table_of(Shop).c.operator_id == operator.id),
            members,
            contributors,
            any(member.waiting_name == SENDING_ANSWER.name for member in members),
            names(tx, [row.drafted_by, row.approved_by, *contributors, *deciding]),
            _told(tx, row, members),
            row.reference in under_review(tx),
            level,
            counting(tx, agency.id),
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
