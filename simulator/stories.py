"""What a story of the demonstration is: a flagged listing, and what each person makes of it.

Owns the words of a script. Leaves the stories themselves to `simulator.plot`, and the acting to
`simulator.people`.
"""

from __future__ import annotations

from dataclasses import dataclass

Tick = tuple[str, str, str]
"""A finding to tick: aspect, code, severity, as the portal's form words them."""


@dataclass(frozen=True, slots=True)
class Look:
    """What an authenticator makes of an examination.

    `ask` names a shot and what it should show: another photo is asked for instead of a verdict.
    `when_called`: the authenticator forgets it until an analyst rings, because it is overdue.
    """

    verdict: str = "counterfeit"
    findings: tuple[Tick, ...] = ()
    reasons: str = ""
    limits: str = ""
    confidence: str = "high"
    ask: tuple[str, str] | None = None
    when_called: bool = False


@dataclass(frozen=True, slots=True)
class BuyersPart:
    """How the buyer plays: mostly by the book.

    `gives_up`: the early end the buyer reports as soon as it shows. `idle`: does nothing at all.
    `faults`: shot and fault (see `simulator.pictures`) of photographs that go wrong at first.
    `subject` is what the photographs show, `exhibit` what the buyer calls it. `serial`: the number
    on the goods that the buyer writes down.
    """

    subject: str = "watch"
    exhibit: str = "The article as it was delivered"
    gives_up: str | None = None
    idle: bool = False
    faults: tuple[tuple[str, str], ...] = ()
    serial: str | None = None


@dataclass(frozen=True, slots=True)
class Second:
    """An analyst's wish for a second verdict on a held test buy, in place of the first."""

    reason: str


@dataclass(frozen=True, slots=True)
class Link:
    """An analyst links the shop to an operator: by name, or to that of another story's shop."""

    basis: str
    name: str | None = None
    of_story: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One flagged listing and its way through the programme.

    `launched`: who asks for the test buy: an analyst by name, "control room" (through Prefect's
    form), "after a sanction" (from its page), or "nobody". `approval`: what the approver makes of
    it where no campaign covers it: "approve", "decline" or "leave". `sales_by_letter`: amount in
    major units that an analyst records once the test buy is held. `members`: test buys the liaison
    wants in the referral before approving it. `withdrawn`: its campaign is withdrawn once the buyer
    is assigned. `closed_with`: why governance closes it while held. `outcome` is where it must get;
    `waiting` what it waits for there, where it has not ended.
    """

    key: str
    listing_id: str
    launched: str
    purpose: str
    outcome: str
    campaign: str | None = None
    interface: bool = True
    approval: str = "approve"
    buyer: BuyersPart = BuyersPart()
    looks: tuple[Look, ...] = ()
    link: Link | None = None
    sales_by_letter: str | None = None
    members: int = 1
    second: Second | None = None
    withdrawn: bool = False
    closed_with: str | None = None
    conclusion: str | None = None
    waiting: str | None = None
    must_escalate: bool = False
