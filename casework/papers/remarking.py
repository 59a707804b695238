"""What a court must be told unasked of one test buy, as its dossier remarks it.

Owns what is remarked: waivers, refused photos, superseded verdicts, what was compared by eye or by
nobody, and which kit each seal is out of. Leaves the schedule over all test buys of an operator to
`casework.record.disclosing`.
"""

from collections.abc import Iterator

from casework.privacy.tracing import BUYER
from casework.record.record import Record
from evidence import dossier
from evidence.words import Words
from rules.disclosure import Disclosure
from rules.kits import KitPartKind
from storage.confirmations import unread


def remarks(record: Record, words: Words) -> tuple[dossier.Remark, ...]:
    """All remarks, the oldest first."""
    return tuple(sorted(_each(record, words), key=lambda remark: remark.at))


def _each(record: Record, words: Words) -> Iterator[dossier.Remark]:
    for each in record.waivers:
        text = words.say("remark.waiver", shot=each.shot, reason=each.reason)
        yield dossier.Remark(words.term(Disclosure.WAIVER), each.waived_at, text)
    for photo in record.photos:
        if not photo.accepted:
            text = words.say(
                "remark.refused_photo",
                shot=photo.shot,
                digest=photo.digest[:15],
                reason=words.recorded(" ".join(photo.reasons)),
            )
            yield dossier.Remark(words.term(Disclosure.REFUSED_PHOTO), photo.received_at, text)
    for sealed in record.verdicts:
        if when := sealed.verdict.superseded_at:
            verdict = words.term(sealed.verdict.value)
            text = words.say("remark.superseded_verdict", verdict=verdict)
            yield dossier.Remark(words.term(Disclosure.SUPERSEDED_VERDICT), when, text)
    yield from _by_eye(record, words)
    for each in record.seals:
        kit = each.kit
        about = {"exhibit": each.exhibit, "seal": each.seal}
        if kit is None or kit.giving is None or kit.answer is None:
            text = words.say("remark.no_kit", **about)
        else:
            numbers = str(kit.parts[KitPartKind.SEAL_BAGS])
            day = words.day(kit.answer.answered_at)
            text = words.say("remark.kit", **about, kit=kit.kit.number, numbers=numbers, day=day)
        yield dossier.Remark(words.term("seal_bag"), each.at, text)


def _by_eye(record: Record, words: Words) -> Iterator[dossier.Remark]:
    """What clerks compared because no machine had read it, and what nobody compared yet."""
    for each in record.compared:
        word = each.confirmation
        text = words.say(
            "remark.agrees" if word.agrees else "remark.disagrees",
            shot=each.shot,
            by=words.say("the_buyer") if each.by == BUYER else each.by,
            proof=words.term(word.proof),
            note=word.note,
        ).rstrip()
        yield dossier.Remark(words.term("compared_by_eye"), word.confirmed_at, text)
    done = {(each.confirmation.photo_id, each.confirmation.proof) for each in record.compared}
    for photo in record.photos:
        for proof in unread(photo) if photo.accepted else ():
            if (photo.id, proof) not in done:
                text = words.say("remark.not_compared", shot=photo.shot, proof=words.term(proof))
                yield dossier.Remark(words.term("not_compared"), photo.received_at, text)
