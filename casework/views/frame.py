"""The programme's frame as its keepers read it: thresholds, policies, deadlines, categories."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from casework.gauge.floors import Floor, floors
from casework.shots import shotlists
from rules.lifecycle import Stage
from rules.roles import Role
from storage import policies
from storage.policies import Policies
from storage.rows import every, table_of
from storage.session import Database
from storage.tables import Agency, Brand, Category, DeadlinePolicy, RightsHolder

_SAYS = {
    "quorum": "sealed verdicts that a conclusion needs",
    "order_attempts": "times a test buy may try to order",
    "cooling_off_days": "days a persona rests between two buys",
    "claim_minutes": "minutes an authenticator's claim lasts",
    "order_asks": "times an order's unknown outcome is asked about before a person is",
    "referral_asks": "times a referral's unknown outcome is asked about before a person is",
    "ask_again_seconds": "seconds an outside system is left alone before it is asked again",
    "weight_grams": "grams by which two weighings of a sealed exhibit may differ",
    "weight_permille": "thousandths by which they may differ; the larger of both counts",
    "photo_megabytes": "megabytes of the largest picture or document that is taken",
    "video_megabytes": "megabytes of the largest video that is taken",
    "undo_seconds": "seconds in which a verdict can be undone before it is sealed",
    "digest_hour": "hour of the day (UTC) from which people are written to of all that waits",
    "mail_megabytes": "megabytes of the largest encrypted package that goes to an agency by mail",
    "uploads_a_minute": "files that one person may send in a minute",
    "upload_megabytes_a_minute": "megabytes that one person may send in a minute",
}
"""What each policy's number counts."""


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """A policy: its number now, what it counts, and the number it began with."""

    name: str
    value: int
    says: str
    otherwise: int


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """How long a stage may wait, and who is told when it has waited too long."""

    stage: Stage
    owner: Role
    remind_after: timedelta
    escalate_after: timedelta
    escalate_to: Role


@dataclass(frozen=True, slots=True)
class Frame:
    """All of it, as it counts now."""

    floors: tuple[Floor, ...]
    policies: tuple[PolicyLine, ...]
    deadlines: tuple[DeadlineLine, ...]
    categories: tuple[shotlists.Versioned, ...]
    agencies: Sequence[Agency]
    brands: tuple[tuple[str, str], ...]


def frame(db: Database) -> Frame:
    """What a verdict or a referral is given under today."""
    rows = floors(db)
    with db.read() as tx:
        stages = list(Stage)
        deadlines = sorted(every(tx, DeadlinePolicy), key=lambda row: stages.index(row.stage))
        categories = every(tx, Category, order_by=table_of(Category).c.name)
        holders = {each.id: each.name for each in every(tx, RightsHolder)}
        return Frame(
            rows,
            _policies(policies.read(tx)),
            tuple(
                DeadlineLine(
                    row.stage,
                    row.owner,
                    timedelta(seconds=row.remind_after_seconds),
                    timedelta(seconds=row.escalate_after_seconds),
                    row.escalate_to,
                )
                for row in deadlines
            ),
            tuple(
                shotlists.list_at(tx, each, shotlists.newest(tx, each.id)) for each in categories
            ),
            every(tx, Agency, order_by=table_of(Agency).c.name),
            tuple(
                (each.name, holders[each.rights_holder_id])
                for each in every(tx, Brand, order_by=table_of(Brand).c.name)
            ),
        )


def policy_names() -> tuple[str, ...]:
    """The policies that are numbers."""
    return tuple(name for name, value in asdict(Policies()).items() if isinstance(value, int))


def _policies(now: Policies) -> tuple[PolicyLine, ...]:
    first, counts = asdict(Policies()), asdict(now)
    return tuple(
        PolicyLine(name, counts[name], _SAYS.get(name, ""), first[name]) for name in policy_names()
    )
