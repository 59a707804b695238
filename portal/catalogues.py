"""Keeping the catalogues: `python -m portal.catalogues update` after any text was changed.

Reads every text of the templates and every sentence of the source, and writes them into
`portal/locale/zh/LC_MESSAGES`: what is new without a translation, what is gone removed, what is
translated kept. `python -m portal.catalogues missing` lists what waits for its Chinese. Owns the
writing of the files. Leaves what counts as a sentence to `portal.extracting`.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from evidence.words import words_of
from portal.extracting import sentences
from portal.languages import FOLDER, LANGUAGES

TEMPLATES = Path(__file__).parent / "templates"
_OPTIONS = {
    "**.html": {
        "trimmed": "true",
        "newstyle_gettext": "true",
        "trim_blocks": "true",
        "lstrip_blocks": "true",
        "silent": "false",
    }
}
OTHERS = tuple(language for language in LANGUAGES if language != "en")
"""The languages that have catalogues: the texts themselves are English."""


def of_templates() -> Catalog:
    """Every text of the templates, with the files it stands in."""
    found = Catalog()
    methods = [("**.html", "jinja2.ext:babel_extract")]
    for name, _, text, comments, context in extract_from_dir(TEMPLATES, methods, _OPTIONS):
        found.add(text, locations=[(name, 1)], auto_comments=comments, context=context)
    return found


def of_source(language: str) -> Catalog:
    """Every sentence of the source that the dossier's words do not tell already."""
    found = Catalog()
    told = words_of(language).told
    for said, places in sentences().items():
        if said not in told:
            files = dict.fromkeys(place.partition(":")[0] for place in places)
            found.add(said, locations=[(name, 1) for name in files])
    return found


def path_of(language: str, name: str) -> Path:
    """The file of a catalogue: `portal` for the templates, `sentences` for the source."""
    return FOLDER / language / "LC_MESSAGES" / f"{name}.po"


def update() -> None:
    """Bring every catalogue up to what the templates and the source say."""
    for language in OTHERS:
        for name, wanted in (("portal", of_templates()), ("sentences", of_source(language))):
            kept = _read(language, name)
            kept.update(wanted, no_fuzzy_matching=True)
            path = path_of(language, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as out:
                write_po(
                    out, kept, width=0, omit_header=True, ignore_obsolete=True, include_lineno=False
                )


def missing(language: str) -> Mapping[str, list[str]]:
    """By file: the texts that have no translation into `language`, or are in no catalogue."""
    lacking: dict[str, list[str]] = {}
    for name, wanted in (("portal", of_templates()), ("sentences", of_source(language))):
        kept = _read(language, name)
        for message in wanted:
            if not message.id:
                continue
            translated = kept.get(message.id, message.context)
            if translated is None or not _complete(translated):
                said = message.id if isinstance(message.id, str) else message.id[0]
                for file in dict.fromkeys(place for place, _ in message.locations):
                    lacking.setdefault(file, []).append(said)
    return lacking


def _complete(message: Message) -> bool:
    said = message.string
    return bool(said) and (isinstance(said, str) or all(said))


def _read(language: str, name: str) -> Catalog:
    path = path_of(language, name)
    if not path.is_file():
        return Catalog(locale=language)
    with path.open("rb") as written:
        return read_po(written, locale=language)


def main(wish: str) -> int:
    """What the command does; the exit status is 1 where something is missing."""
    if wish == "update":
        update()
    lacking = {language: missing(language) for language in OTHERS}
    for language, files in lacking.items():
        for file, texts in sorted(files.items()):
            for text in texts:
                sys.stdout.write(f"{language} {file}: {text}\n")
    return int(any(lacking.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "missing"))
