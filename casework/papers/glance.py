"""Page one of a dossier beside its picture: what, where, who and when, in one look.

Owns which facts those are. Leaves everything at length to `casework.papers.printing`.
"""

from collections.abc import Iterator

from casework.record.record import Record
from evidence import dossier
from evidence.words import Words
from rules.lifecycle import Move
from rules.money import Money


def rows(record: Record, words: Words) -> Iterator[dossier.Row]:
    """The facts, each with its label; none is guessed where the record is silent."""
    if record.exhibits:
        named = (
            words.say("glance.exhibit", exhibit=each.reference, seal=each.seal_number)
            for each in record.exhibits
        )
        yield _row(words, "what", "; ".join(named))
    where = words.say("shop_on", shop=record.shop.name, platform=record.shop.platform)
    yield _row(words, "where", where)
    known = record.operator
    named = f"{words.recorded(known.name)} ({known.reference})" if known else None
    yield _row(words, "who", named or words.say("not_known"))
    placed = [each for each in record.attempts if each.order_number and each.paid_minor is not None]
    if placed and placed[-1].currency:
        paid = Money(placed[-1].paid_minor or 0, placed[-1].currency).format()
        yield _row(words, "paid", paid)
    for key, move in (
        ("bought", Move.PLACE_ORDER),
        ("arrived", Move.RECEIVE),
        ("unboxed", Move.DOCUMENT),
    ):
        made = [each.moved_at for each in record.moves if each.move is move]
        if made:
            yield _row(words, key, words.day(made[-1]))
    examiners = list(dict.fromkeys(each.examiner for each in record.verdicts))
    if examiners:
        yield _row(words, "examined", ", ".join([*examiners, record.rights_holder]))
    if record.referral and record.agency:
        told = f"{record.referral.reference}, {record.agency.name}"
        yield _row(words, "referred", told)


def _row(words: Words, key: str, value: str) -> dossier.Row:
    return dossier.Row(words.say(f"glance.{key}"), value)


def followed(record: Record, words: Words) -> str:
    """That the seller had been told before it was bought, and of what; "" where they were not."""
    after = record.followed
    if after is None:
        return ""
    told = {"sanction": after.sanction, "day": words.day(after.told_at)}
    key = "follows.first" if after.first else "follows"
    return words.say(key, **told, first=after.first or "")
