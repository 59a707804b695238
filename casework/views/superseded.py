"""What follows superseded verdicts: word owed to recipients, and what is to be looked at again."""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.verdicts.reviewing import recipient_name
from casework.verdicts.telling_recipients import own_language
from storage.persons import names
from storage.rows import every, table_of
from storage.session import Database, Transaction
from storage.tables import OutcomeReview, Referral, ReferralReview, SupersededNotice, TestBuy

_ROWS = 100
"""How many settled ones are shown of each kind; what is open is shown whole."""


@dataclass(frozen=True, slots=True)
class Told:
    """Word owed to a recipient about a test buy; `language`: in which they are written to."""

    notice: SupersededNotice
    recipient: str
    reference: str
    language: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What became of a test buy, and rests on a superseded verdict."""

    review: OutcomeReview
    reference: str


@dataclass(frozen=True, slots=True)
class SupersededPage:
    """Open ones first. `referrals` are the references of those under review."""

    told: tuple[Told, ...]
    reviews: tuple[Reviewed, ...]
    referrals: tuple[str, ...]
    people: dict[int, str]


def superseded(db: Database, reference: str | None = None) -> SupersededPage:
    """Of all test buys, or of one."""
    with db.read() as tx:
        about = () if reference is None else (_number(tx, reference),)
        notices = _rows(tx, SupersededNotice, "acknowledged_at", about)
        reviews = _rows(tx, OutcomeReview, "decided_at", about)
        rows = table_of(TestBuy).c
        wanted = {each.testbuy_id for each in (*notices, *reviews)}
        found = every(tx, TestBuy, rows.id.in_(wanted)) if wanted else ()
        references = {each.id: each.reference for each in found}
        return SupersededPage(
            tuple(
                Told(
                    each,
                    recipient_name(tx, each),
                    references[each.testbuy_id],
                    own_language(tx, each),
                )
                for each in notices
            ),
            tuple(Reviewed(each, references[each.testbuy_id]) for each in reviews),
            _referrals(tx),
            names(
                tx, [each.recorded_by for each in notices] + [each.decided_by for each in reviews]
            ),
        )


def _number(tx: Transaction, reference: str) -> int:
    found = every(tx, TestBuy, reference=reference)
    return found[0].id if found else 0


def _rows(tx: Transaction, table: type, settled: str, about: Sequence[int]) -> list:
    rows = table_of(table).c
    only = [rows.testbuy_id == number for number in about]
    open_ones = every(tx, table, rows[settled].is_(None), *only, order_by=rows.id)
    done = every(tx, table, rows[settled].is_not(None), *only, order_by=rows.id.desc(), limit=_ROWS)
    return [*open_ones, *done]


def _referrals(tx: Transaction) -> tuple[str, ...]:
    reviews = table_of(ReferralReview).c
    due = {each.referral_id for each in every(tx, ReferralReview, reviews.decided_at.is_(None))}
    rows = table_of(Referral).c
    found = every(tx, Referral, rows.id.in_(due), order_by=rows.id) if due else ()
    return tuple(each.reference for each in found)
