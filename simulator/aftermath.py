"""What comes of operators once the police accept a referral: a raid, a second seller, a suit.

Owns the plot after acceptance: the watch case as the documents tell it (125 watches and 2 seals at
business and residence, a second seller, a criminal file, two causes of action), and the cat food
whose bag and code were genuine. What those documents leave open (how the watch claim was judged,
every address) is invented, and so is the one case that is followed to its sentence. Leaves the
acting to `simulator.people`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from simulator.setting import PLATFORM, POLICE


@dataclass(frozen=True, slots=True)
class Seized:
    """A line of what a source says was seized; `amount` in major units, None where it says none."""

    kind: str
    what: str
    quantity: int
    precision: str = "exactly"
    amount: str | None = None
    value_precision: str = "about"
    basis: str = "estimate"


@dataclass(frozen=True, slots=True)
class Account:
    """Who says something of the raid, and what."""

    kind: str
    name: str
    lines: tuple[Seized, ...]


@dataclass(frozen=True, slots=True)
class Second:
    """A second seller found in the action, with a shop and a listing on the same platform."""

    name: str
    basis: str
    shop: tuple[str, str]
    listing: tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Search:
    """A raid against an operator. `sample`: pieces drawn at random from the first line, all fake.

    `taken`: the account whose figures count, and why.
    """

    operator: str
    platform: str
    places: tuple[tuple[str, str], ...]
    took_part: tuple[tuple[str, str], ...]
    accounts: tuple[Account, ...]
    taken: tuple[str, str]
    sample: int
    second: Second


@dataclass(frozen=True, slots=True)
class CaseStep:
    """What the police did next. `state`: what the referral is then."""

    step: str
    state: str
    said: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Suit:
    """A civil claim: parties by role, causes, amounts by cause and kind, what beyond money.

    Amounts are in major units of CNY; `awarded` in the order of `heads`. `goodwill`: what shows
    each proof of lost goodwill, by how the proof begins; the others are waived.
    """

    operator: str
    court: str
    city: str
    campaign: str
    parties: tuple[tuple[str, str], ...]
    causes: tuple[str, ...]
    heads: tuple[tuple[str, str, str], ...]
    reliefs: tuple[tuple[str, str], ...]
    proves: str
    reasons: str
    awarded: tuple[str, ...]
    granted: bool
    fund: str
    goodwill: tuple[tuple[str, str], ...] = ()


LABELS = frozenset({"watch of Liu", "watch of Wang"})
"""Stories of whose parcel an analyst writes down what the label tells of the sender."""

FILED = CaseStep("file", "filed", number="Luohu (2026) criminal file 0810")
"""The source case goes no further: its criminal part was open when its documents were written."""
TO_THE_END = (
    CaseStep("file", "filed", number="HV/26/0412"),
    CaseStep("indict", "indicted", "Charged with one count."),
    CaseStep("sentence", "sentenced", "A fine, and the goods are forfeited."),
)
"""What the police of another country did, told by letter."""
ENDS = {"Liu": FILED.state, "Operator of Lane & Lantern Jewels": TO_THE_END[-1].state}
"""Where the referrals of those operators get that the police go on with."""
TAKEN = frozenset({"accepted", "planned", "raided", *(step.state for step in TO_THE_END)})
"""States of a referral that the police accepted."""

WAIVED = "The court has ruled without it before; what is here carries the amount."
CAMPAIGN = "A hundred sellers in a month"

SEARCHES: tuple[Search, ...] = (
    Search(
        "Liu",
        PLATFORM,
        places=(
            ("business", "Unit 6, Block B, 19 Nanji Lane, Luohu, Shenzhen"),
            ("residence", "Flat 1203, 8 Cuiyin Court, Luohu, Shenzhen"),
        ),
        took_part=(("police", POLICE), ("rights_holder", "Swarovski")),
        accounts=(
            Account(
                "agency_list",
                "Seizure list 0810",
                (
                    Seized("goods", "Watches with a crystal bezel", 125, amount="2000000"),
                    Seized("seal", "Seals with the maker's name", 2),
                ),
            ),
            Account(
                "press",
                "Shenzhen evening paper",
                (Seized("goods", "Watches", 125, precision="over"),),
            ),
        ),
        taken=("Seizure list 0810", "Counted piece by piece and signed by both sides."),
        sample=25,
        second=Second(
            "Huang",
            "Order slips and the same watches in the next room, in the name of another seller.",
            ("S-90", "Starlight Hour"),
            ("L-90", "Crystal watch, white strap", "Swarovski", "watches", "429.00"),
        ),
    ),
)

SUITS: tuple[Suit, ...] = (
    Suit(
        "Liu",
        "Longgang District People's Court",
        "Shenzhen",
        CAMPAIGN,
        parties=(
            ("platform", PLATFORM), ("rights_holder", "Swarovski"), ("defendant", "Liu"),
        ),
        causes=("breach of the no-fakes clause", "loss of goodwill"),
        heads=(
            ("breach of the no-fakes clause", "damages", "900000"),
            ("loss of goodwill", "goodwill", "450000"),
            ("breach of the no-fakes clause", "reasonable_expenses", "50000"),
        ),
        reliefs=(),
        proves="Sold as genuine in a shop the defendant controls; the rights holder found it fake.",
        reasons="The clause was broken knowingly; goodwill is estimated at the court's discretion.",
        awarded=("260000", "100000", "40000"),
        granted=False,
        fund="Consumer protection fund",
        goodwill=(
            ("complaints", "312 complaints about both shops in a year."),
            ("refunds", "Refunds of 71 orders, CNY 31,204."),
            ("what the programme", "The year's cost of test buys, audited."),
        ),
    ),
    Suit(
        "Operator of Happy Paws Store",
        "Fengxian District People's Court",
        "Shanghai",
        CAMPAIGN,
        parties=(("platform", PLATFORM), ("defendant", "He Jun")),
        causes=("breach of the no-fakes clause",),
        heads=(("breach of the no-fakes clause", "damages", "2670000"),),
        reliefs=(("apology", "In a paper read in the whole country."),),
        proves="Bag and code are genuine; the contents are not.",
        reasons="The contents were substituted; the loss shown is a part of what was claimed.",
        awarded=("120000",),
        granted=False,
        fund="Consumer protection fund",
    ),
)  # fmt: skip


def told(
    operator: str,
    second_sellers: Collection[str],
    claims: Collection[str],
    referral: str | None,
) -> bool:
    """Whether all that comes of an operator has come.

    `claims`: the states of those against it; `referral`: that of the referral about it.
    """
    if ENDS.get(operator, referral) != referral:
        return False
    seconds = [each.second.name for each in SEARCHES if each.operator == operator]
    suits = [each for each in SUITS if each.operator == operator]
    return set(seconds) <= set(second_sellers) and list(claims) == ["recovered"] * len(suits)
