"""The sanction of the demonstration: a shop is closed, its seller objects, and sells on in another.

Owns what is written into its forms. Everything is invented. Leaves the acting to
`simulator.people.sanctioning`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """A sanction against the shop of a story. `follow_up`: the story bought after it.

    `objection`: what the seller wrote; `upheld` is why it stands all the same.
    """

    story: str
    kind: str
    clause: str
    reasons: str
    objections_to: str
    decided: str
    given_by: str
    days_to_object: int
    objection: str
    upheld: str
    follow_up: str


MEASURE = Measure(
    story="held, taken later",
    kind="shop_closed",
    clause="Seller agreement, version of 1 March 2025, clause 4.2: no counterfeits",
    reasons="A pair of shoes bought from the shop was examined and found to be counterfeit.",
    objections_to="Appeals desk of the platform, in writing",
    decided="The sole is of another compound: the photographs leave no doubt.",
    given_by="the platform's messages",
    days_to_object=15,
    objection="我店的鞋都有进货发票，是正品。",
    upheld="The invoices are of another brand's shoes, and of the year before.",
    follow_up="brings it over the floor",
)
