"""The icon set: line drawings from one sprite, put into the page where they stand.

In the page they take the colour of the text around them, print, and need no request of their own.
Owns reading the sprite (`portal/static/vendor/lucide`); leaves size and stroke to the style sheet.
"""

import re
from functools import cache

from markupsafe import Markup

from portal.assets import FOLDER

SPRITE = FOLDER / "vendor" / "lucide" / "icons.svg"


@cache
def drawings() -> dict[str, str]:
    """The paths of each drawing, by its name."""
    found = re.findall(r'<symbol id="([a-z0-9-]+)">(.*?)</symbol>', SPRITE.read_text(), re.DOTALL)
    return {name: paths.strip() for name, paths in found}


def icon(name: str, label: str = "") -> Markup:
    """An icon: decoration beside words, or with a `label` of its own. KeyError: no such drawing."""
    drawing = Markup(drawings()[name])  # noqa: S704 - our own file
    if label:
        whole = Markup('<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>')
        return whole.format(label, drawing)
    return Markup('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>').format(
        drawing
    )
