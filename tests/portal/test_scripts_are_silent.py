"""Scripts hold no text for people: a template hands it over, in the language of its page."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "portal" / "static"
SCRIPTS = sorted(
    path for path in STATIC.rglob("*.js") if "vendor" not in path.relative_to(STATIC).parts
)

_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", re.DOTALL)
_TEXT = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`", re.DOTALL)
_LOOKED_FOR = re.compile(
    r"\b(?:querySelector(?:All)?|closest|matches|locator)\((?:[^()]|\([^()]*\))*\)"
)
_FOR_PROGRAMS = re.compile(r"\bnew (?:Error|TypeError|DOMException)\((?:[^()]|\([^()]*\))*\)")
_WORDS = re.compile(r"[A-Za-z]{2,}[,:]? [a-z]{2,}|^[A-Z][a-z]{3,}[ .!?]*$")
_NO_WORDS = {
    # What a browser calls things: keys, events, headers and media types.
    "Enter", "Escape", "Delete", "Backspace", "Arrow", "Space", "Home", "Insert", "Accept",
    "Location",
}  # fmt: skip


_NOT_SHOWN = (
    "row at hand of",  # keys.js: the name of a row in the browser's own store
    "purpose of the last launch",  # purpose.js: likewise
    "textarea, select, [contenteditable]",  # keys.js: a selector
    "<",  # phone.js: the tags of a page
)


def told(script: str) -> list[str]:
    """The texts of a script that read like words for people."""
    plain = _LOOKED_FOR.sub("", _FOR_PROGRAMS.sub("", _COMMENT.sub("", script)))
    texts = ["".join(found) for found in _TEXT.findall(plain)]
    without = [re.sub(r"\$\{[^}]*\}", " … ", text) for text in texts]
    return [
        text
        for text in without
        if _WORDS.search(text) and text not in _NO_WORDS and not text.startswith(_NOT_SHOWN)
    ]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(STATIC).as_posix())
def test_a_script_holds_no_words(path: Path) -> None:
    """On a Chinese page they would stay English."""
    assert told(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "script",
    [
        'label.textContent = "Tick the finding first.";',
        "button.title = 'Copied';",
        "say(`Mark ${index + 1}: drawn there`);",
    ],
)
def test_the_search_finds_words(script: str) -> None:
    """A search that finds nothing would let everything through."""
    assert told(script)


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) > 20
