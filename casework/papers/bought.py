"""A test buy in half a page, as the report of a referral tells it; and what was said and let go.

Owns which facts stand there, with the picture that tells most and the digests that fix the rest.
Leaves everything at length to the dossier (`casework.papers.printing`).
"""

from collections.abc import Iterator, Sequence

from casework.papers.glance import followed, rows
from casework.papers.printing import withheld
from casework.papers.rows_told import joined, listed
from casework.record.record import Record
from casework.shots.shotlists import title
from casework.verdicts import stating
from casework.verdicts.stating import capital
from evidence import dossier
from evidence.digests import PREFIX, set_of
from evidence.report import Bought, Entry, Part, Picture, Row
from evidence.vault import Vault
from evidence.words import Words


def bought(record: Record, vault: Vault, words: Words) -> Bought:
    """A test buy as the report prints it."""
    testbuy = record.testbuy
    concluded = words.term(testbuy.conclusion) if testbuy.conclusion else None
    return Bought(
        testbuy.reference,
        record.listing.title,
        capital(concluded or words.say("no_conclusion")),
        _picture(record, vault, words),
        (
            *_flagged(record, words),
            *_followed(record, words),
            *_glance(record, words),
            *_judged(record, words),
        ),
        tuple(_digests(record, words)),
    )


def conduct(records: Sequence[Record], words: Words) -> Part:
    """Every warning about what a buyer wrote: the words matched and not the message."""
    entries: list[Entry] = []
    for record in records:
        for each in record.conduct_warnings:
            said = words.say("report.warned", words=listed(words, each.warning.matched))
            remarks = [remark.text for remark in each.remarks]
            day = words.day(each.warning.raised_at)
            entries.append(Entry(record.testbuy.reference, joined(words, [said, *remarks]), day))
        if not record.conduct_warnings:
            key = "report.not_warned" if record.chat else "report.no_chat"
            entries.append(Entry(record.testbuy.reference, words.say(key), ""))
    return Part(
        words.say("report.conduct"), tuple(entries), words.say("none"),
        words.say("report.conduct_note"),
    )  # fmt: skip


def waived(records: Sequence[Record], words: Words) -> Part:
    """Shots that a supervisor let go."""
    entries = tuple(
        Entry(
            record.testbuy.reference,
            words.say("remark.waiver", shot=each.shot, reason=each.reason),
            words.day(each.waived_at),
        )
        for record in records
        for each in record.waivers
    )
    return Part(words.say("report.waivers"), entries, words.say("report.no_waivers"))


def kept_back(records: Sequence[Record], words: Words) -> Part:
    """What of each test buy is withheld; what is of all stands once, as the part's note."""
    told = {record.testbuy.reference: list(withheld(record, words)) for record in records}
    of_all = words.say("withheld.buyer")
    entries = tuple(
        Entry(reference, sentence, "")
        for reference, sentences in told.items()
        for sentence in sentences
        if sentence != of_all
    )
    return Part(words.say("report.withheld"), entries, words.say("report.nothing_else"), of_all)


def evidence_set(records: Sequence[Record]) -> str | None:
    """The digest of data/evidence-set.txt: over all that was handed in and accepted."""
    accepted = {each.digest for record in records for each in record.photos if each.accepted}
    return set_of(accepted) if accepted else None


def _picture(record: Record, vault: Vault, words: Words) -> Picture | None:
    """The one that page one of the dossier shows, too."""
    shown = [
        dossier.Photo(
            photo.shot,
            title(record.particulars.shots.listed, photo.shot, words),
            "",
            photo.received_at,
            photo.digest,
            vault.read(photo.preview_digest) if photo.preview_digest else None,
            frames=stating.frames(record.verdicts, photo.id, words),
        )
        for photo in record.shown
    ]
    at = dossier.leading(shown)
    if at is None:
        return None
    lead = shown[at]
    assert lead.preview is not None  # only what can be drawn leads
    return Picture(lead.shot, lead.title, lead.preview, lead.frames)


def _flagged(record: Record, words: Words) -> Iterator[Row]:
    flag = record.flag
    told = words.say("report.flagged", source=capital(flag.source), day=words.day(flag.seen_at))
    yield Row(words.say("row.flag"), told)


def _followed(record: Record, words: Words) -> Iterator[Row]:
    if told := followed(record, words):
        yield Row(words.say("row.follows"), told)


def _glance(record: Record, words: Words) -> Iterator[Row]:
    """Page one of the dossier, without what the report says of all: operator and referral."""
    of_all = {words.say("glance.who"), words.say("glance.referred")}
    price = record.particulars.price
    for row in rows(record, words):
        if row.label not in of_all:
            yield row
        if row.label == words.say("glance.paid") and price:
            genuine = words.say("report.genuine", price=price.amount.format(), source=price.source)
            yield Row(words.say("row.genuine_price"), genuine)


def _judged(record: Record, words: Words) -> Iterator[Row]:
    for each in record.verdicts:
        if each.verdict.superseded_at is not None:
            continue
        told = [
            words.term(each.verdict.value),
            words.say("report.basis", basis=words.term(each.examination.basis)),
            words.say("report.sealed_on", day=words.day(each.verdict.sealed_at)),
        ]
        yield Row(words.say("report.verdict", exhibit=each.exhibit), joined(words, told))
        found = [
            words.say("frame", code=words.term(finding.code), severity=words.term(finding.severity))
            for finding in each.findings
        ]
        if found:
            yield Row(words.say("report.findings"), listed(words, found))
        yield Row(words.say("report.reasons"), each.verdict.reasons)


def _digests(record: Record, words: Words) -> Iterator[Row]:
    accepted = [each.digest for each in record.photos if each.accepted]
    if accepted:
        label = words.say("report.evidence", count=len(accepted))
        yield Row(label, set_of(accepted))
    head = PREFIX + record.chain[-1].hash.hex()
    yield Row(words.say("report.head", entries=len(record.chain)), head)
    for each in record.verdicts:
        if each.verdict.superseded_at is None:
            label = words.say("report.verdict", exhibit=each.exhibit)
            yield Row(label, each.verdict.digest)
