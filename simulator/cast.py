"""The people of the demonstration: names, roles, and what those who buy buy under.

Owns who there is. Leaves opening their accounts to whoever runs the demonstration, and what they
do to `simulator.people`.
"""

from __future__ import annotations

from dataclasses import dataclass

REGIONS = {"CN": "CNY", "UK": "GBP", "DE": "EUR"}
PERSONAS_EACH = 11


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with an account. `brands` for authenticators, `region` for buyers."""

    name: str
    role: str
    brands: tuple[str, ...] = ()
    region: str | None = None

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@programme.example"


BRANDS: tuple[tuple[str, str], ...] = (
    ("Swarovski", "Swarovski"),
    ("Royal Canin", "Royal Canin"),
    ("Nordlauf Group", "Nordlauf"),
    ("Nordlauf Group", "Halvard"),
    ("Nordlauf Group", "Tindra"),
    ("Nordlauf Group", "Skarv"),
    ("Maison Orvelle", "Orvelle"),
)
"""Rights holder and brand."""

_NORDLAUF = ("Nordlauf", "Halvard", "Tindra", "Skarv")

CAST: tuple[Member, ...] = (
    Member("Ines Albrecht", "analyst"),
    Member("Tom Okafor", "analyst"),
    Member("Ruth Feld", "approver"),
    Member("Milan Havel", "approver"),
    Member("Chen Bo", "buyer", region="CN"),
    Member("Fang Li", "buyer", region="CN"),
    Member("Guo Ting", "buyer", region="CN"),
    Member("Nell Archer", "buyer", region="UK"),
    Member("Jonas Ritter", "buyer", region="DE"),
    Member("Petra Lindt", "clerk"),
    Member("Amos Keller", "supervisor"),
    Member("Elena Moser", "authenticator", ("Swarovski",)),
    Member("Camille Roux", "authenticator", ("Royal Canin", "Orvelle")),
    Member("Sigrid Holm", "authenticator", _NORDLAUF),
    Member("Anders Vik", "authenticator", _NORDLAUF),
    Member("Lena Zhou", "liaison"),
    Member("Victor Blom", "liaison"),
    Member("Clara Stein", "counsel"),
    Member("Otto Brandt", "auditor"),
    Member("Yusuf Demir", "engineer"),
    Member("Maria Pohl", "administrator"),
)

_STREETS = {
    "CN": ("{n} Nanhu Road, Luohu, Shenzhen", "Zhang Min"),
    "UK": ("{n} Mill Lane, Harrow Vale", "J. Carter"),
    "DE": ("Am Kanal {n}, Altenbruck", "K. Sommer"),
}


@dataclass(frozen=True, slots=True)
class PersonaFacts:
    """A shop account a buyer uses."""

    label: str
    recipient: str
    address: str


def personas(member: Member) -> tuple[PersonaFacts, ...]:
    """The personas of a buyer; each is shown to one shop only, and then rests."""
    street, recipient = _STREETS[member.region or "CN"]
    word = member.name.split()[0].lower()
    return tuple(
        PersonaFacts(f"{word}-{number}", f"{recipient} {number}", street.format(n=10 + 3 * number))
        for number in range(1, PERSONAS_EACH + 1)
    )
