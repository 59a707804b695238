"""The rows of a package in the words of a language, as its summary prints them.

Owns how a row is told and how its document is called. Leaves which rows are told to
`casework.papers.reporting`.
"""

from collections.abc import Sequence

from casework.outcomes.package_rows import Kept, PackageRows, SellerTold
from casework.verdicts.stating import capital
from evidence.report import Entry, Part
from evidence.words import Words
from rules import package
from rules.countries import name_of, names_in
from rules.package import RowKind, Said


def document_name(row: Kept) -> str:
    """How the document of a row is called in a bundle."""
    return f"{row.kind}-{row.number}.pdf"


def joined(words: Words, parts: Sequence[str]) -> str:
    """Clauses one after the other; empty ones are left out."""
    return ("；" if words.language == "zh" else "; ").join(part for part in parts if part)


def listed(words: Words, parts: Sequence[str]) -> str:
    """Names, each once."""
    return ("、" if words.language == "zh" else ", ").join(dict.fromkeys(parts))


def placed(name: str, country: str, words: Words) -> str:
    """An agency or a court with its country, which a reader of another one knows by name alone."""
    return f"{name} ({words.recorded(name_of(country))})"


def part(name: str, kind: RowKind, rows: PackageRows, words: Words) -> Part:
    """The part of the summary that tells the rows of a kind; with knowledge, who was told."""
    entries = [_entry(row, words) for row in rows.of(kind)]
    if kind is RowKind.KNOWLEDGE:
        entries += [_told(each, words) for each in rows.told]
    return Part(words.say(f"report.{name}"), tuple(entries), words.say(f"report.no_{name}"))


def _told(row: SellerTold, words: Words) -> Entry:
    told = words.say(
        "report.told", day=words.day(row.told_on), shop=row.shop.name, way=row.given_by,
        clause=row.sanction.clause,
    )  # fmt: skip
    again = [
        words.say(
            "report.bought", testbuy=each.reference,
            conclusion=words.term(each.conclusion or each.stage),
        )
        for each in row.bought
    ]  # fmt: skip
    since = words.say("report.bought_since", testbuys=listed(words, again)) if again else ""
    source = [words.say("report.notice_of", sanction=row.sanction.reference)]
    source += [words.say("report.notice", digest=each) for each in row.notices]
    label = capital(words.term(f"sanction_kind.{row.sanction.kind}"))
    return Entry(label, joined(words, [told, since]), "\n".join(source))


def _entry(row: Kept, words: Words) -> Entry:
    label, says = _says(row.said, words)
    day = words.day(row.recorded_at)
    source = [words.say("report.source", source=row.said.source, day=day)]
    if row.document:
        name = f"data/documents/{document_name(row)}"
        source.append(words.say("report.document", name=name, digest=row.document))
    return Entry(capital(label), says, "\n".join(source))


def _says(said: Said, words: Words) -> tuple[str, str]:
    match said:
        case package.Harm():
            figure = said.amount.format() if said.amount else said.figure
            text = said.text
            if figure is not None:
                text = words.say("report.figure", text=text, figure=figure)
            return words.term(f"harm.{said.kind}"), text
        case package.Premises():
            address = said.address or words.say("report.erased")
            key = "report.place_at" if said.hour else "report.place"
            told = words.say(key, address=address, happens=said.happens, hour=said.hour)
            return words.term(f"premises.{said.kind}"), told
        case package.Knowledge():
            told = words.say("report.known", day=words.day(said.known_on), text=said.text)
            if said.testbuy:
                told = joined(words, [told, words.say("report.shown_by", testbuy=said.testbuy)])
            return words.term(f"knowledge.{said.kind}"), told
        case package.Rights():
            day = words.day(said.valid_until)
            where = listed(words, [words.recorded(each) for each in names_in(said.territory)])
            told = words.say("report.registered", classes=said.classes, territory=where, day=day)
            signs = words.say("report.signatory", who=said.signatory, authority=said.authority)
            label = words.say("report.registration", brand=said.brand, number=said.registration)
            return label, joined(words, [told, signs])
        case package.Undertaking():
            day = words.day(said.given_on)
            told = words.say(
                "report.undertakes", person=said.person, position=said.position, day=day
            )
            return said.rights_holder, told
