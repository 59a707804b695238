"""In which language a page speaks: the person's own, the browser's cookie, or what it asks for.

Owns the choice and the catalogues, which are read from `portal/locale/*/LC_MESSAGES/portal.po` at
start: no compiled file is kept. Leaves the words to the catalogues, and writing them to Babel.
"""

from collections.abc import Mapping
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent / "locale"
LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "中文"}
"""What a person may choose, each by its own name."""
COOKIE = "testbuy_language"


def catalogue(language: str) -> NullTranslations:
    """The translations of `language`; English is what the templates are written in."""
    path = FOLDER / language / "LC_MESSAGES" / "portal.po"
    if not path.is_file():
        return NullTranslations()
    packed = BytesIO()
    with path.open("rb") as written:
        write_mo(packed, read_po(written, locale=language))
    packed.seek(0)
    return GNUTranslations(packed)


def chosen(own: str | None, cookie: str | None, accepts: str) -> str:
    """One of LANGUAGES: the person's own, else the cookie's, else the first the browser accepts."""
    for wish in (own, cookie):
        if wish is not None and wish in LANGUAGES:
            return wish
    asked = [part.partition(";")[0].strip().replace("-", "_") for part in accepts.split(",")]
    fitting = negotiate_locale([each.partition("_")[0] for each in asked], list(LANGUAGES))
    return fitting or "en"


def locale(language: str) -> Locale:
    """How numbers, dates and money are written in `language`."""
    return Locale.parse("zh_Hans_CN" if language == "zh" else "en_GB")
