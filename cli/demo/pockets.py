"""The second factors of the demonstration's people, for whoever goes on playing as one of them.

Their devices are in simulated pockets. Owns who of them sets one up beside those who act, and
telling the codes: those of now each time Enter is pressed, recovery codes for where nobody can.
"""

import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from cli.demo.programme import PARTS
from cli.demo.screen import Screen
from rules.access import SECOND_FACTOR_ROLES
from simulator.cast import CAST
from simulator.people.device import STEP_S
from simulator.people.person import Company, Person

_ASKED = {role.value for role in SECOND_FACTOR_ROLES}
FIRST = {member.role: member.name for member in reversed(CAST)}
"""Whom the printed log-in address of a role is for."""


def fill(links: Mapping[str, str], company: Company) -> None:
    """Set up a second factor for those who need one and play no part: nobody else would."""
    for role in sorted(_ASKED - PARTS.keys()):
        if role in FIRST:
            person = Person(FIRST[role], links[role], company)
            try:
                person.log_in()
            finally:
                person.close()


def recovery(company: Company) -> dict[str, Sequence[str]]:
    """Recovery codes by role; each works once, at any time."""
    held = company.recovery
    return {role: held[name] for role, name in FIRST.items() if held.get(name)}


def stay(screen: Screen, company: Company) -> None:
    """Tell the codes of now each time Enter is pressed, where somebody can; never returns."""
    if sys.stdin.isatty():
        screen.say("Enter shows the codes of this half minute, by role.")
        for _ in sys.stdin:
            for line in told(company, datetime.now(UTC)):
                screen.say(line)
    threading.Event().wait()


def told(company: Company, now: datetime) -> Iterator[str]:
    """The codes that the devices show at `now`, as lines."""
    left = STEP_S - int(now.timestamp()) % STEP_S
    yield f"{now:%H:%M:%S} UTC, for {left} s more"
    for role, name in sorted(FIRST.items()):
        if name in company.devices:
            yield f"  {role:<14} {company.devices[name].shows(now)}"
