"""How often each source of flags was right, of what was bought from its flags and concluded."""

from collections.abc import Sequence
from dataclasses import dataclass

from rules.statistics import Share, share
from storage import precision
from storage.precision import Counted
from storage.session import Database


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source with its model and version. `precision`: counterfeits of those and genuine ones.

    None where nothing was concluded to be either: no figure is made of nothing.
    """

    counted: Counted
    precision: Share | None


def sources(db: Database) -> Sequence[SourceLine]:
    """Every source, by name."""
    with db.read() as tx:
        found = precision.counts(tx)
    return [
        SourceLine(each, share(each.counterfeit, each.counterfeit + each.genuine)) for each in found
    ]
