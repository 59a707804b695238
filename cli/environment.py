"""What is wrong with the variables that begin with TESTBUY_, told before anything trusts them.

Owns the words for it. Leaves what each variable means to the settings of casework and portal.
"""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from portal.settings import Settings
from storage.session import AddressTrouble


@dataclass(frozen=True, slots=True)
class WrongSetting:
    """A variable, what is the matter with it, and what to do. Never its value: it may be secret."""

    variable: str
    why: str
    mend: str

    def __str__(self) -> str:
        return f"{self.variable}: {self.why}. To mend it, {self.mend}."


def wrong_settings(home: Path) -> list[WrongSetting]:
    """Each variable that can't be used; none where all can."""
    try:
        settings = Settings(home=home)
    except ValidationError as error:
        named = [(f"TESTBUY_{each['loc'][0]}".upper(), each["msg"]) for each in error.errors()]
        return [WrongSetting(name, why, f"correct or unset {name}") for name, why in named]
    try:
        settings.database().close()
    except (AddressTrouble, ImportError, ValueError):
        mend = (
            "write postgresql+psycopg://USER@HOST/NAME, or unset it for SQLite in the home folder"
        )
        why = "it names no database that this program can open"
        return [WrongSetting("TESTBUY_DATABASE_URL", why, mend)]
    return []
