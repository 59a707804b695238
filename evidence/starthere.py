"""START-HERE.html: the bundle's first page, for whoever opens it by double click.

Owns what stands on it and its words in English and Chinese: summary, photos, films, captures, the
chat, exhibits, custody, verdicts, what is withheld, draft statements of witnesses, how to check.
One file without script or outside address, so that it opens from a disk with no network. Leaves the
facts to the dossier's content: what is withheld there is withheld here. A draft statement says only
what is on record, and asks for the rest in the witness's own words: nobody is told what to say.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2

from evidence.contents import CHINESE, ENGLISH, Withheld
from evidence.dossier import Dossier
from evidence.words import Words, words_of
from rules.shots import SHOTS, place_of

_TEMPLATES = Path(__file__).parent / "templates"
_WORDS: dict[str, dict[str, str]] = {
    language: json.loads((_TEMPLATES / f"starthere.{language}.json").read_text("utf-8"))
    for language in (ENGLISH, CHINESE)
}


def render(
    dossiers: Sequence[Dossier],
    index: Mapping[str, Any],
    language: str,
    *,
    chat: Sequence[Mapping[str, Any]] = (),
    withheld: Sequence[Withheld] = (),
) -> bytes:
    """The page for `dossiers`, linking the files of a bundle's `index`; the same input, same bytes.

    `language` is ENGLISH or CHINESE; `chat` has the form of data/chat.json's test buys. Facts keep
    the language they were recorded in.
    """
    words = _WORDS[language]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("START-HERE.html").render(
        w=words,
        language=language,
        index=index,
        dossiers=dossiers,
        photos=_photos(dossiers, index, words_of(language)),
        films=_under(index, "videos", "documents"),
        captures=_under(index, "captures"),
        sellers=_under(index, "sellers-pictures"),
        certificates=_under(index, "certificates"),
        stated=_under(index, "statements"),
        chat=[_said(each) for each in chat],
        withheld=withheld,
        files=[*index["photos"], *index["previews"], *index["masked"], *index["documents"]],
        witnesses=[_witnesses(each, words) for each in dossiers],
        exhibits=[_exhibits(each) for each in dossiers],
        made=_minute(datetime.fromisoformat(index["generated_at"])),
        minute=_minute,
        term=words_of(language).term,
    )
    return page.encode()


def _photos(
    dossiers: Sequence[Dossier], index: Mapping[str, Any], terms: Words
) -> list[dict[str, Any]]:
    """Each copy, masked or not, with its original where that is inside, in the shots' order."""
    taken = {photo.digest: photo.taken for each in dossiers for photo in each.photos}
    # A category's own shots have their words in the dossier alone.
    titles = {photo.digest: photo.title for each in dossiers for photo in each.photos}
    inside = {(row["shot"], row["digest"]): row["name"] for row in index["photos"]}
    rows = [(row, kind == "masked") for kind in ("previews", "masked") for row in index[kind]]
    rows.sort(key=lambda each: (place_of(each[0]["shot"]), each[0]["name"]))
    return [
        {
            "shot": row["shot"],
            "title": titles.get(row["made_from"]) or _named(row["shot"], terms),
            "taken": taken.get(row["made_from"], ""),
            "shows": row["name"],
            "masked": masked,
            "original": inside.get((row["shot"], row["made_from"])),
            "digest": row["made_from"].removeprefix("sha256:"),
        }
        for row, masked in rows
    ]


def _named(shot: str, terms: Words) -> str:
    return terms.term(shot) if shot in SHOTS else ""


def _under(index: Mapping[str, Any], *folders: str) -> list[dict[str, Any]]:
    """The files of these folders, report and dossiers left out: they are linked on top."""
    return [
        row
        for row in index["documents"]
        if row["name"].split("/")[1] in folders
        and not row["name"].split("/")[-1].startswith(("dossier-", "referral-"))
    ]


def _said(chat: Mapping[str, Any]) -> dict[str, Any]:
    messages = [
        {**each, "said_at": _minute(datetime.fromisoformat(each["said_at"]))}
        for each in chat["messages"]
    ]
    return {**chat, "messages": messages}


def _minute(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def _exhibits(dossier: Dossier) -> list[dict[str, str]]:
    """Each exhibit with its seal and whoever took it last."""
    last = {}
    for entry in sorted(dossier.custody, key=lambda entry: entry.at):
        last[entry.exhibit] = entry
    return [
        {"name": name, "seal": entry.seal_in or entry.seal_out, "holder": entry.to_whom}
        for name, entry in sorted(last.items())
    ]


def _witnesses(dossier: Dossier, words: Mapping[str, str]) -> list[dict[str, Any]]:
    """Draft statements: buyer, everybody an exhibit was handed to by name, each examiner."""
    terms = words_of(dossier.language)
    buyer, assigned = terms.term("buyer"), terms.term("assign")
    of_buyer = ", ".join(
        f"{move.move} ({_minute(move.at)} UTC)" for move in dossier.moves if move.by_role == buyer
    )
    lines = [words["buyer_1"].format(shop=dossier.shop, reference=dossier.reference)]
    if of_buyer:
        lines.append(words["stage_line"].format(moves=of_buyer))
    lines.append(words["buyer_2"])
    sent = any(move.move == assigned for move in dossier.moves)
    drafts: list[dict[str, Any]] = []
    if sent:
        drafts.append({"title": words["buyer_title"], "lines": lines})
    takers: dict[str, list[str]] = {}
    for entry in dossier.custody:
        if entry.purpose == terms.recorded("intake"):
            line = words["custody_line"].format(
                at=_minute(entry.at),
                exhibit=entry.exhibit,
                who=entry.from_whom,
                place=entry.place,
                seal=entry.seal_in,
                condition=entry.condition,
            )
            takers.setdefault(entry.to_whom, []).append(line)
    for who, told in takers.items():
        drafts.append({"title": words["clerk_title"].format(who=who), "lines": told})
    for verdict in dossier.verdicts:
        told = [
            words["examiner_1"].format(
                exhibit=verdict.exhibit,
                basis=verdict.basis,
                at=_minute(verdict.sealed_at),
                verdict=verdict.verdict,
            ),
            words["examiner_2"].format(reasons=verdict.reasons),
            words["examiner_3"].format(limits=verdict.limits),
        ]
        if verdict.superseded:
            told.append(verdict.superseded)
        title = words["examiner_title"].format(who=verdict.examiner)
        drafts.append({"title": title, "lines": told})
    return drafts
