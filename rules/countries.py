"""Countries by the two letters that rows bear, and what people call them.

Owns the names alone; a code that has none here stands as it is. EU is no country and has
thresholds; UK is what most write for GB. Leaves other languages to those who tell our sentences.
"""

from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    "AT": "Austria", "AU": "Australia", "BE": "Belgium", "BR": "Brazil", "CA": "Canada",
    "CH": "Switzerland", "CN": "China", "CZ": "Czechia", "DE": "Germany", "DK": "Denmark",
    "ES": "Spain", "EU": "European Union", "FI": "Finland", "FR": "France",
    "GB": "United Kingdom", "HK": "Hong Kong", "HU": "Hungary", "IE": "Ireland", "IN": "India",
    "IT": "Italy", "JP": "Japan", "KR": "South Korea", "LU": "Luxembourg", "MX": "Mexico",
    "MY": "Malaysia", "NL": "Netherlands", "NO": "Norway", "NZ": "New Zealand",
    "PH": "Philippines", "PL": "Poland", "PT": "Portugal", "SE": "Sweden", "SG": "Singapore",
    "TH": "Thailand", "TR": "Türkiye", "UK": "United Kingdom", "US": "United States",
    "VN": "Vietnam",
}  # fmt: skip


def name_of(code: str) -> str:
    """The country's name in English; the code where it has none here."""
    return NAMES.get(code.upper(), code)


def names_in(typed: str) -> tuple[str, ...]:
    """The countries that somebody typed, apart from each other: "CN, UK" is two.

    What is no code stands as it was typed, and all of it where none is.
    """
    parts = [part.strip() for part in typed.split(",")]
    if not any(part.upper() in NAMES for part in parts):
        return (typed,)
    return tuple(name_of(part) for part in parts)
