"""Why the shops of a referral's operator are one operator's, fact by fact, as its report tells it.

Owns reading the identifiers that stand, the persons, handles and changes of an operator with all
that were merged into it, and their wording; in what people typed, whatever leads to a buyer is
covered. What was withdrawn or rejected stands in the disclosure schedule. Leaves what a kind
carries to `rules.identifiers`, and pages to `casework.views.membership`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from casework.papers.pictures_told import Beside, put_alike_together, where
from casework.papers.rows_told import joined, listed
from casework.verdicts.stating import capital
from casework.views.linking import IdentifierLine, Reappearance, identifiers_of, reappearance
from evidence.report import Entry, Fact, Part, Tie
from evidence.words import Words
from rules.identifiers import KINDS, IdentifierKind, IdentifierState, Strength
from rules.linkage import Key
from rules.pictures import METADATA
from storage.linking import family, survivor
from storage.persons import names
from storage.rows import every, table_of
from storage.session import Transaction
from storage.tables import (
    ExternalHandle,
    MovedShop,
    Operator,
    OperatorChange,
    OperatorPerson,
    Shop,
)

Cover = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Joined:
    """A change that stands: which shops came to the operator, by whom (None: the programme)."""

    row: OperatorChange
    shops: tuple[str, ...]
    by: str | None


@dataclass(frozen=True, slots=True)
class Linked:
    """What ties the shops: facts that stand, by the key that shops share or bear alone."""

    shops: Sequence[Shop]
    shared: Mapping[Key, tuple[IdentifierLine, ...]]
    alone: tuple[IdentifierLine, ...]
    again: tuple[Reappearance, ...]
    persons: Sequence[OperatorPerson]
    handles: Sequence[ExternalHandle]
    changes: tuple[Joined, ...]
    cover: Cover
    mirrored: frozenset[int] = frozenset()
    """Identifiers whose picture is that of the first of its group in a mirror."""
    shown: Mapping[int, Beside] = field(default_factory=dict)
    """Of an identifier where the picture that proves it lies."""


def linked(tx: Transaction, operator: Operator, shops: Sequence[Shop], cover: Cover) -> Linked:
    """The links of an operator whose shops these are."""
    by_key = defaultdict[Key, list[IdentifierLine]](list)
    alone: list[IdentifierLine] = []
    for line in identifiers_of(tx, [shop.id for shop in shops]):
        if line.row.state is IdentifierState.WITHDRAWN:
            continue
        if line.strength is Strength.NONE or not line.row.normal:
            alone.append(line)
        else:
            by_key[Key(line.row.kind, line.row.normal)].append(line)
    shared: dict[Key, tuple[IdentifierLine, ...]] = {}
    mirrored = put_alike_together(by_key)
    for key, lines in by_key.items():
        if len({line.row.shop_id for line in lines}) > 1:
            shared[key] = tuple(lines)
        else:
            alone += lines
    whole = family(tx, survivor(tx, operator.id))
    persons, handles = table_of(OperatorPerson).c, table_of(ExternalHandle).c
    together = {
        (one.row.shop_id, other.row.shop_id)
        for lines in shared.values()
        for one, other in combinations(sorted(lines, key=lambda line: line.row.shop_id), 2)
    }
    again = (
        reappearance(one, other)
        for one, other in combinations(sorted(shops, key=lambda shop: shop.id), 2)
        if (one.id, other.id) in together
    )
    return Linked(
        shops,
        dict(sorted(shared.items(), key=_first)),
        tuple(sorted(alone, key=lambda line: (line.row.shop_id, _ORDER[line.row.kind]))),
        tuple(each for each in again if each),
        every(
            tx,
            OperatorPerson,
            persons.operator_id.in_(whole),
            withdrawn_at=None,
            order_by=persons.id,
        ),
        every(
            tx,
            ExternalHandle,
            handles.operator_id.in_(whole),
            withdrawn_at=None,
            order_by=handles.id,
        ),
        tuple(_changes(tx, whole)),
        cover,
        mirrored,
    )


_ORDER = {kind: place for place, kind in enumerate(IdentifierKind)}


def _sure(lines: Sequence[IdentifierLine]) -> int:
    """At how many shops it is confirmed."""
    return len({line.row.shop_id for line in lines if line.row.state is IdentifierState.CONFIRMED})


def _first(shared: tuple[Key, tuple[IdentifierLine, ...]]) -> tuple[bool, int, Key]:
    """What joins by itself stands before what is only a hint, kind by kind."""
    key, lines = shared
    joins = lines[0].strength is Strength.STRONG and _sure(lines) > 1
    return not joins, _ORDER[key.kind], key


def _changes(tx: Transaction, whole: Sequence[int]) -> Iterator[Joined]:
    rows, moved = table_of(OperatorChange).c, table_of(MovedShop).c
    found = every(tx, OperatorChange, rows.operator_id.in_(whole), undone_at=None, order_by=rows.id)
    people = names(tx, [row.by_person for row in found])
    for row in found:
        went = every(tx, MovedShop, change_id=row.id, order_by=moved.shop_id)
        numbers = [each.shop_id for each in went if each.operator_before != each.operator_after]
        shops = every(tx, Shop, table_of(Shop).c.id.in_(numbers), order_by=table_of(Shop).c.id)
        if shops:
            told = tuple(shop.name for shop in shops)
            yield Joined(row, told, people.get(row.by_person or 0))


def who(held: Linked, words: Words) -> tuple[Part, ...]:
    """The operator's shops, the persons behind it, and what it is called elsewhere."""
    persons, handles = list(_persons(held, words)), list(_handles(held, words))
    say = words.say
    return (
        Part(say("report.shops"), tuple(_shop(held, each, words) for each in held.shops),
             say("report.no_shops"), say("report.shops_note")),
        Part(say("report.persons"), tuple(persons), say("report.no_persons")),
        Part(say("report.handles"), tuple(handles), say("report.no_handles")),
    )  # fmt: skip


def ties(held: Linked, words: Words) -> Iterator[Tie]:
    """What several shops share, what joins them by itself first."""
    for lines in held.shared.values():
        kind = lines[0].row.kind
        sure, shops = _sure(lines), len({line.row.shop_id for line in lines})
        if lines[0].strength is not Strength.STRONG:
            carries = words.say("report.carries_hint", shops=shops)
        elif sure > 1:
            carries = words.say("report.carries_joins", shops=shops, sure=sure)
        else:
            carries = words.say("report.carries_unconfirmed", shops=shops)
        why = words.recorded(KINDS[kind].why)
        gap = "" if words.language == "zh" else " "
        title = capital(words.term(f"identifier.{kind}"))
        facts = tuple(_fact(held, line, words) for line in lines)
        yield Tie(title, f"{carries}{gap}{why}", facts)


def alone(held: Linked, words: Words) -> tuple[Fact, ...]:
    """What one shop bears alone, or what ties nobody."""
    return tuple(_fact(held, line, words) for line in held.alone)


def history(held: Linked, words: Words) -> Iterator[str]:
    """How the shops came to the operator, the first change first, and which opened again."""
    for each in held.changes:
        yield words.say(
            "report.joined",
            day=words.day(each.row.changed_at),
            shops=listed(words, each.shops),
            by=each.by or words.term("programme"),
            reason=words.recorded(held.cover(each.row.reason)),
        )
    for each in held.again:
        yield words.say(
            "report.again", opened=each.opened.name, closed=each.closed.name, days=each.days
        )


def _fact(held: Linked, line: IdentifierLine, words: Words) -> Fact:
    row = line.row
    return Fact(
        words.term(f"identifier.{row.kind}"),
        line.shop.name,
        held.cover(row.value) if row.value else words.say("report.erased_value"),
        joined(words, _source(held, line, words)),
        words.say("report.sureness", sure=words.term(f"sureness.{row.confidence}")),
        _borne(line, words),
    )


def _source(held: Linked, line: IdentifierLine, words: Words) -> list[str]:
    row = line.row
    source = [held.cover(row.said_by)]
    if line.testbuy:
        shown = line.picture is not None or row.said_by == METADATA
        told = "report.from_seller" if shown else "report.of_testbuy"
        source.append(words.say(told, testbuy=line.testbuy))
    if line.shot:
        source.append(words.say("report.of_photo", shot=line.shot))
    if line.exhibit:
        source.append(words.say("report.of_exhibit", exhibit=line.exhibit))
    source.append(words.say("report.seen_on", day=words.day(row.seen_on)))
    if row.id in held.mirrored:
        source.append(words.say("report.mirrored"))
    beside = held.shown.get(row.id)
    return source if beside is None else [*source, *where(beside, row.value, words)]


def _borne(line: IdentifierLine, words: Words) -> str:
    row = line.row
    if row.state is IdentifierState.CONFIRMED and row.confirmed_at:
        by = line.confirmed_by or words.term("programme")
        return words.say("report.borne", by=by, day=words.day(row.confirmed_at))
    return words.say("report.not_borne")


def _shop(held: Linked, shop: Shop, words: Words) -> Entry:
    basis = held.cover(words.recorded(shop.link_basis)) if shop.link_basis else words.say("no_link")
    says = [words.say("report.linked", basis=basis)]
    if shop.opened_on:
        says.append(words.say("report.opened_on", day=words.day(shop.opened_on)))
    if shop.closed_at:
        says.append(words.say("report.closed_on", day=words.day(shop.closed_at)))
    about = [words.say("report.shop_number", platform=shop.platform, number=shop.platform_shop_id)]
    if shop.registrant:
        about.append(words.say("report.registrant", name=shop.registrant))
    return Entry(shop.name, joined(words, says), joined(words, about))


def _persons(held: Linked, words: Words) -> Iterator[Entry]:
    for row in held.persons:
        since = _span(row.since, row.until, words)
        day = words.day(row.recorded_at)
        yield Entry(
            held.cover(row.name) if row.name else words.say("report.erased_value"),
            joined(words, [words.term(f"person_role.{row.role}"), since]),
            words.say("report.source", source=held.cover(row.source), day=day),
        )


def _handles(held: Linked, words: Words) -> Iterator[Entry]:
    for row in held.handles:
        seen = words.say("report.seen_on", day=words.day(row.seen_on))
        day = words.day(row.recorded_at)
        yield Entry(
            row.platform,
            joined(words, [held.cover(row.handle) or words.say("report.erased_value"), seen]),
            words.say("report.source", source=held.cover(row.source), day=day),
        )


def _span(since: date | None, until: date | None, words: Words) -> str:
    first = words.say("report.from_day", day=words.day(since)) if since else ""
    last = words.say("report.until_day", day=words.day(until)) if until else ""
    return joined(words, [first, last])
