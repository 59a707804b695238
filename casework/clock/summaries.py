"""A test buy in a few lines: what the control room shows of it. Never a person, chat or photo."""

from dataclasses import dataclass
from datetime import datetime

from casework.errors import NotFound
from rules.deadlines import lateness
from rules.lifecycle import WAY, Stage
from storage import testbuys
from storage.rows import every, table_of
from storage.session import Database
from storage.tables import MoveRecord

FILLED, CURRENT, OPEN, BAR = "■", "▣", "□", "┃"


@dataclass(frozen=True, slots=True)
class Summary:
    """The lines. `strip` is the stage strip in ten signs, closed by a bar on an early end."""

    reference: str
    stage: Stage
    strip: str
    waiting_name: str
    headline: str
    moves: tuple[str, ...]

    def markdown(self, portal: str) -> str:
        """The artifact's text; `portal` is the portal's address, or empty."""
        link = f"\n\n[Open in the portal]({portal}/testbuys/{self.reference})" if portal else ""
        moves = "".join(f"\n* {each}" for each in self.moves)
        head = f"## {self.reference}\n\n`{self.strip}` **{self.stage}**"
        return f"{head}\n\n{self.headline}\n{moves}{link}"


def summary(db: Database, reference: str, now: datetime) -> Summary:
    """The summary of `reference` at `now`; raises NotFound."""
    with db.read() as tx:
        testbuy = testbuys.by_reference(tx, reference)
        if testbuy is None:
            raise NotFound(f"There is no test buy {reference}.")
        moves = table_of(MoveRecord)
        made = every(
            tx,
            MoveRecord,
            moves.c.testbuy_id == testbuy.id,
            order_by=moves.c.version,
        )
    headline = testbuy.waiting_name
    if testbuy.waiting_role:
        headline += f" ({testbuy.waiting_role}) since {testbuy.waiting_since:%d %b %Y %H:%M} UTC"
    if testbuy.due_at:
        headline += f", {lateness(testbuy.due_at, now)}"
    return Summary(
        reference=reference,
        stage=testbuy.stage,
        strip=_strip([record.target for record in made]),
        waiting_name=testbuy.waiting_name,
        headline=headline,
        # The reasons of moves are persons' words in part, and stay in the portal.
        moves=tuple(f"{record.moved_at:%d %b %H:%M} {record.move}" for record in made),
    )


def _strip(stages: list[Stage]) -> str:
    reached = [stage for stage in stages if stage in WAY]
    at = WAY.index(reached[-1]) if reached else 0
    if stages and stages[-1] not in WAY:
        return FILLED * (at + 1) + BAR + OPEN * (len(WAY) - at - 1)
    return FILLED * at + CURRENT + OPEN * (len(WAY) - at - 1)
