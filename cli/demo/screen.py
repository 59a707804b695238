"""How the demonstration looks: live progress, the closing table, the addresses.

Owns the terminal. On a terminal one table is kept up to date; elsewhere a line is written when a
test buy has moved, and nothing flickers.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.live import Live
from rich.table import Table

from casework.clock import summaries
from cli.demo.story import Line
from rules.roles import PERSONS
from storage.session import Database

WIDE = 120
"""Columns where the output goes to a file."""


class Screen:
    """The terminal of one demonstration."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, markup=False, emoji=False)
        if not self._console.is_terminal:
            self._console.width = WIDE
        self._live: Live | None = None
        self._strips: dict[tuple[str, str], str] = {}
        self._shown: dict[str, tuple[str, str]] = {}

    def say(self, text: str) -> None:
        """One line."""
        self._console.print(text, soft_wrap=True)

    def step(self, what: str) -> None:
        """A step of the start."""
        self.say(f"  starting {what}")

    def show(self, db: Database, lines: Sequence[Line], told: int) -> None:
        """The test buys as they stand; `told` stories have reached their end."""
        if self._console.is_terminal:
            if self._live is None:
                self._live = Live(console=self._console, auto_refresh=False)
                self._live.start()
            table = Table(box=None, pad_edge=False, title=f"{told} stories told to their end")
            table.add_column("", no_wrap=True, min_width=11)
            table.add_column("test buy", no_wrap=True, min_width=14)
            for column in ("what", "stage", "waiting"):
                table.add_column(column, no_wrap=True)
            for line in lines:
                what = f"{line.brand}, {line.shop}"
                table.add_row(
                    self._strip(db, line), line.reference, what, line.stage, line.waiting_name
                )
            self._live.update(table, refresh=True)
            return
        for line in lines:
            stands = (line.stage, line.waiting_name)
            if self._shown.get(line.reference) != stands:
                self._shown[line.reference] = stands
                self.say(
                    f"{self._strip(db, line)} {line.reference} {line.brand}, {line.shop}:"
                    f" {line.stage}, {line.waiting_name}"
                )

    def close(self, lines: Sequence[Line]) -> None:
        """The closing table."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        table = Table(box=None, pad_edge=False)
        table.add_column("test buy", no_wrap=True, min_width=14)
        for column in ("shop", "brand"):
            table.add_column(column, no_wrap=True)
        table.add_column("ending", no_wrap=True, min_width=18)
        table.add_column("moves", justify="right", min_width=5)
        table.add_column("flow runs", justify="right", min_width=9)
        for line in lines:
            table.add_row(
                line.reference,
                line.shop,
                line.brand,
                line.outcome.replace("_", " "),
                str(len(line.moves)),
                str(line.flow_runs),
            )
        self._console.print(table)

    def addresses(
        self,
        portal: str,
        prefect: str,
        links: Mapping[str, str],
        codes: Mapping[str, Sequence[str]],
    ) -> None:
        """Where everything is, and a log-in link for each role, good for a day.

        `codes`: recovery codes by role, of those whose device is in a simulated pocket.
        """
        self.say(f"\nPortal   {portal}\nPrefect  {prefect}\nLog in as")
        for role in sorted(PERSONS):
            if role in links:
                self.say(f"  {role:<14} {links[role]}")
                if codes.get(role):
                    self.say(f"  {'':<14} codes: {' '.join(codes[role][:4])}")
        self.say("Where a code is asked for, each of these works once.")

    def _strip(self, db: Database, line: Line) -> str:
        key = (line.reference, line.stage)
        if key not in self._strips:
            self._strips[key] = summaries.summary(db, line.reference, datetime.now(UTC)).strip
        return self._strips[key]
