"""Verdicts that can still be undone, drafts, and what a page showed: on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from casework.auditing.verifying import check_testbuy
from casework.buying import ending
from casework.errors import NotFound, Refused, Stale
from casework.examinations import drafts, examining, references, showing
from casework.examinations.references import NewEntry
from casework.people import access
from casework.programme import programme
from casework.verdicts import judging, pending
from casework.verdicts.judgement import Judgement, read
from rules.audience import Region
from rules.lifecycle import EarlyEnd, Stage
from rules.references import ReferenceKind
from rules.roles import Role
from rules.verdicts import Verdict as Word
from rules.waiting import CONCLUSION
from storage.tables import (
    Draft,
    Examination,
    Notice,
    PendingVerdict,
    ReferenceEntry,
    ShownPhoto,
    Verdict,
)
from tests.casework.programme_in import ROUGH, TESTIMONY, picture

SEED = bytes(32)
SAID = Judgement(
    Word.COUNTERFEIT, (ROUGH,), "high", "by eye", "Burrs.", "", "None.", True, TESTIMONY
)
TEN = timedelta(seconds=10)


def expert(town, name="expert", **others):
    return town.act(Role.AUTHENTICATOR, name, **others)


def given(town, **others):
    """A verdict given on a submitted test buy: its reference and its examination."""
    reference = town.bring(Stage.SUBMITTED)
    public_id = town.examination(reference)
    examining.claim(town.db, expert(town), public_id)
    pending.give(town.db, expert(town), public_id, SAID, **others)
    return reference, public_id


def test_what_is_written_of_a_judgement_is_read_again():
    assert read(SAID.written()) == SAID


def test_a_given_verdict_is_sealed_when_its_time_is_over_and_not_before(both):
    reference, public_id = given(both, form={"reasons": ["Burrs."]})
    gave = both.now
    pending.give(both.db, expert(both), public_id, SAID)  # pressed twice is pressed once
    assert pending.settle(both.db, both.now + TEN - timedelta(microseconds=1), SEED) == 0
    assert both.all(Verdict) == []
    both.later(minutes=40)  # the claim lapsed long ago, and nobody came by
    assert pending.settle(both.db, both.now, SEED) == 1
    assert pending.settle(both.db, both.now, SEED) == 0
    (verdict,) = both.all(Verdict)
    assert (verdict.given_at, verdict.sealed_at) == (gave, both.now)
    assert both.row(reference).waiting_name == CONCLUSION.name
    assert not both.nothing_owed(reference)
    assert both.all(PendingVerdict) == both.all(Draft) == []
    assert not any(found.problems for found in check_testbuy(both.db, both.vault, reference))


def test_another_verdict_within_the_seconds_is_refused_and_the_first_stands(both):
    """From a second tab: it must never be answered as given and then be dropped."""
    _, public_id = given(both)
    other = replace(SAID, verdict=Word.INCONCLUSIVE, limits="The inside.")
    with pytest.raises(Refused, match="Undo it first"):
        pending.give(both.db, expert(both), public_id, other)
    pending.undo(both.db, expert(both), public_id)
    pending.give(both.db, expert(both), public_id, other)
    both.now += TEN
    assert pending.settle(both.db, both.now, SEED) == 1
    (verdict,) = both.all(Verdict)
    assert verdict.value is Word.INCONCLUSIVE


def test_the_words_beside_a_picture_are_part_of_what_was_seen():
    """A colleague turns "genuine" into "known tell" under the same picture: another page."""
    entry = ReferenceEntry(
        id=3, public_id="e", product_id=1, number=1, version=1, digest="sha256:a",
        kind=ReferenceKind.GENUINE_PHOTO, title="Stitching", text="Like this.",
        preview_digest="sha256:b",
    )  # fmt: skip
    before = showing.digest_of([showing.shown_entry(entry)])
    for name, value in (("kind", ReferenceKind.KNOWN_TELL), ("text", "Not so."), ("left", 10)):
        changed = entry.model_copy(update={name: value})
        assert showing.digest_of([showing.shown_entry(changed)]) != before, name


def test_undoing_loses_nothing_and_comes_too_late_once(both):
    reference, public_id = given(both, form={"reasons": ["Burrs."], "finding": ["a", "b"]})
    with pytest.raises(Refused, match="no verdict of yours"):
        pending.undo(both.db, expert(both, "other expert"), public_id)
    pending.undo(both.db, expert(both), public_id)
    assert pending.settle(both.db, both.now + TEN, SEED) == 0
    with both.db.read() as tx:
        kept = drafts.of(tx, both.of(Examination, reference)[-1].id, both.people["expert"])
    assert kept is not None and kept.form == {"reasons": ["Burrs."], "finding": ["a", "b"]}
    pending.give(both.db, expert(both), public_id, SAID)
    both.now += TEN
    with pytest.raises(Refused, match="supersedes"):
        pending.undo(both.db, expert(both), public_id)
    assert pending.settle(both.db, both.now, SEED) == 1
    with pytest.raises(Refused, match="supersedes"):
        pending.undo(both.db, expert(both), public_id)


def test_while_a_verdict_is_being_sealed_nothing_is_done_under_it(both):
    """Another's claim, the end of the test buy, another photo: each would throw it away."""
    reference, public_id = given(both)
    both.later(minutes=30)
    with pytest.raises(Stale):
        examining.claim(both.db, expert(both, "other expert"), public_id)
    with pytest.raises(Refused, match="Undo it first"):
        examining.release(both.db, expert(both), public_id)
    with pytest.raises(Refused):
        examining.ask_photo(both.db, expert(both), public_id, shot="I01", note="Sharper")
    with pytest.raises(Refused, match="being sealed"):
        ending.abandon(
            both.db, both.act(Role.ANALYST), reference, version=None, why=EarlyEnd.DAMAGED, note=""
        )
    assert pending.settle(both.db, both.now, SEED) == 1


def test_a_crash_while_sealing_loses_nothing(both, monkeypatch):
    """The row goes in the transaction that seals, or not at all."""
    given(both, form={"reasons": ["Burrs."]})
    whole = showing.keep

    def dies(*_):
        raise RuntimeError("killed")

    monkeypatch.setattr(showing, "keep", dies)
    assert pending.settle(both.db, both.now + TEN, SEED) == 0, "others are sealed all the same"
    assert both.all(Verdict) == [] and len(both.all(PendingVerdict)) == len(both.all(Draft)) == 1
    monkeypatch.setattr(showing, "keep", whole)
    assert pending.settle(both.db, both.now + TEN, SEED) == 1
    (verdict,) = both.all(Verdict)
    assert verdict.given_at == both.now


def test_a_verdict_that_can_not_be_sealed_any_more_is_told_to_its_examiner(both):
    _, public_id = given(both, form={"reasons": ["Burrs."]})
    administrator = both.act(Role.ADMINISTRATOR)
    access.change_grants(both.db, administrator, both.people["expert"], [Role.AUTHENTICATOR], [])
    assert pending.settle(both.db, both.now + TEN, SEED) == 0
    assert both.all(Verdict) == both.all(PendingVerdict) == []
    (notice,) = [each for each in both.all(Notice) if each.to_person == both.people["expert"]]
    assert "was not sealed" in notice.text and public_id in notice.text
    assert len(both.all(Draft)) == 1


def test_a_policy_of_no_seconds_seals_at_once(both):
    programme.set_policy(both.db, both.act(Role.ADMINISTRATOR), "undo_seconds", 0)
    given(both)
    assert len(both.all(Verdict)) == 1


def test_a_verdict_is_of_what_its_page_showed(both):
    """The library grew while somebody looked: they are shown it before they seal."""
    reference = both.bring(Stage.SUBMITTED)
    public_id = both.examination(reference)
    examining.claim(both.db, expert(both), public_id)
    (examination,) = both.of(Examination, reference)
    with both.db.read() as tx:
        seen = showing.digest_of(showing.on_page(tx, examination))
    category = next(name for name in ("watches", "jewellery") if _product(both, name))
    assert category
    with pytest.raises(Stale, match="have changed"):
        pending.give(both.db, expert(both), public_id, SAID, seen=seen)
    with both.db.read() as tx:
        shown = showing.on_page(tx, examination)
    pending.give(both.db, expert(both), public_id, SAID, seen=showing.digest_of(shown))
    # What is added, or taken out of use, after the pressing was not seen.
    references.withdraw(both.db, expert(both), 1, 1, version=1)
    pending.settle(both.db, both.now + TEN, SEED)
    (verdict,) = both.all(Verdict)
    with both.db.read() as tx:
        assert showing.kept(tx, verdict.id) == shown
    assert [row.entry_id for row in both.all(ShownPhoto)][-1] == both.all(ReferenceEntry)[0].id
    assert not any(found.problems for found in check_testbuy(both.db, both.vault, reference))


def _product(town, category):
    try:
        number = references.add_product(
            town.db, expert(town), brand="Swarovski", category=category, name="Aura"
        )
    except NotFound:
        return False
    entry = NewEntry(ReferenceKind.GENUINE_PHOTO, "Front", region=Region(0, 0, 10, 10))
    files = references.filed(town.db, town.vault, picture("genuine"))
    references.add_entry(town.db, expert(town), number, entry, files)
    return True


def test_the_library_is_its_own_brands_and_only_grows(both):
    assert _product(both, "watches") or _product(both, "jewellery")
    tell = NewEntry(ReferenceKind.KNOWN_TELL, "Glue", "Glue over the edge.")
    db, vault, own = both.db, both.vault, expert(both)
    assert references.add_entry(db, own, 1, tell, None) == 2
    for stranger in (expert(both, "cat expert"), both.act(Role.ANALYST)):
        with pytest.raises(NotFound):
            references.add_entry(db, stranger, 1, tell, None)
        with pytest.raises(NotFound):
            references.withdraw(db, stranger, 1, 1, version=1)
    with pytest.raises(Refused, match="what to look for"):
        references.add_entry(db, own, 1, NewEntry(ReferenceKind.KNOWN_TELL, "Glue"), None)
    with pytest.raises(Refused, match="choose the file"):
        references.add_entry(db, own, 1, NewEntry(ReferenceKind.GENUINE_PHOTO, "F"), None)
    better = NewEntry(ReferenceKind.GENUINE_PHOTO, "Front, 2026", "Current range.")
    references.revise(db, vault, own, 1, 1, better, None, version=1)
    with pytest.raises(Stale):
        references.revise(db, vault, own, 1, 1, better, None, version=1)
    first, second, third = both.all(ReferenceEntry)
    assert (first.title, second.title, third.title) == ("Front", "Glue", "Front, 2026")
    assert third.digest == first.digest != third.preview_digest
    references.withdraw(db, own, 1, 2, version=1)
    with both.db.read() as tx:
        newest = references.newest(tx, 1)
    assert [(row.version, row.withdrawn) for row in newest.values()] == [(2, False), (2, True)]


def test_the_newest_saving_of_a_draft_counts_and_whoever_types_keeps_the_claim(both):
    reference = both.bring(Stage.SUBMITTED)
    public_id = both.examination(reference)
    examining.claim(both.db, expert(both), public_id)

    def save(text, version, person="expert"):
        act = expert(both, person)
        return drafts.save(both.db, act, public_id, {"reasons": [text]}, version=version)

    first = save("one", 0)
    assert (first.version, first.overtaken) == (1, False)
    both.later(minutes=10)
    until = save("two", 1).claimed_until
    assert until is not None and until - both.now == timedelta(minutes=15)
    other = save("of another page", 1)
    assert (other.version, other.overtaken) == (3, True)
    # Somebody else's is their own, and takes no claim away.
    assert save("mine", 0, "other expert").claimed_until is None
    (number,) = {row.id for row in both.of(Examination, reference)}
    with both.db.read() as tx:
        mine = drafts.of(tx, number, both.people["expert"])
        theirs = drafts.of(tx, number, both.people["other expert"])
    assert (
        mine
        and theirs
        and (mine.form, theirs.form)
        == (
            {"reasons": ["of another page"]},
            {"reasons": ["mine"]},
        )
    )
    with pytest.raises(Refused):
        save("x" * 300_000, 3)
    both.seal_claimed(public_id, Word.COUNTERFEIT, expert(both))
    assert both.all(Draft) == []
    with pytest.raises(Stale):
        save("after", 3)
    assert judging.conclude(both.db, both.engine(), reference) is not None
