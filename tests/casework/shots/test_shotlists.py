"""A category's shot list at work: what a test buy launched under a version is asked for."""

import zipfile

from casework.errors import NotFound
from casework.examinations import examining
from casework.intake import photographing, receiving
from casework.papers import dossiers
from casework.papers.asked import as_data
from casework.papers.printing import printed
from casework.programme import programme
from casework.record.record import read
from casework.shots import relisting, shotlists
from casework.views.examinations import examination
from casework.views.testbuy import testbuy_page
from rules.lifecycle import Stage
from rules.roles import Role
from rules.shotlists import Change
from rules.shots import Wording
from storage.tables import Category, Photo, ShotListChange
from tests.casework.programme_in import UNBOXED, picture

STAMP = Wording("Batch stamp", "Show the stamp.", "on the seam"), Wording("批次章", "拍摄批次章。")


def change(town, *kinds, shot="U51", role=Role.ADMINISTRATOR, category="watches", **said):
    return relisting.change(town.db, town.act(role), category, *kinds, shot=shot, **said)


def add_stamp(town):
    english, chinese = STAMP
    return change(town, Change.ADD, Change.REQUIRE, english=english, chinese=chinese)


def test_a_test_buy_keeps_the_list_it_was_launched_under(both):
    town = both
    before = town.bring(Stage.RECEIVED, 1)
    made = add_stamp(town)
    assert (made.version, made.since) == (3, town.now)
    after = town.bring(Stage.RECEIVED, 2)
    assert (town.row(before).shot_list_version, town.row(after).shot_list_version) == (1, 3)
    for reference in (before, after):
        town.photograph(reference, *UNBOXED)
    town.document(before)
    with town.refuses("U51 Batch stamp"):
        town.document(after)
    with town.refuses("no shot U51"):
        town.photograph(before, "U51")
    town.photograph(after, "U51")
    town.document(after)
    assert town.stage(after) is Stage.DOCUMENTED


def test_a_relaxed_shot_is_not_waited_for_and_its_reason_is_printed(on_sqlite):
    town = on_sqlite
    change(town, Change.RELAX, shot="I02", reason="The goods bear no mark")
    reference = town.bring(Stage.RECEIVED)
    town.photograph(reference, "U02", "I01", "B02")
    town.document(reference)
    with town.db.read() as tx:
        record = read(tx, reference)
    said = printed(record, town.vault, (), town.now).shot_list
    assert (said.category, said.version) == ("watches", 2)
    assert any("The goods bear no mark" in note for note in said.notes)
    told = {row.code: (row.need, row.state) for row in said.rows}
    assert told["I02"] == ("optional", "none accepted")
    assert told["I01"] == ("required", "accepted: 1")
    assert told["T01"] == ("required", "not needed: the exhibit stays where it is")
    assert told["P01"][1] == "the marketplace's own records stand for it"
    assert as_data(record)["shot_list"]["relaxed"] == [
        {"shot": "I02", "reason": "The goods bear no mark"}
    ]


def test_a_movement_may_be_required_of_watches(on_sqlite):
    change(on_sqlite, Change.REQUIRE, shot="I06")
    reference = on_sqlite.bring(Stage.RECEIVED)
    on_sqlite.photograph(reference, *UNBOXED)
    with on_sqlite.refuses("I06 Inside"):
        on_sqlite.document(reference)


def test_pages_and_dossiers_show_the_own_shot_in_the_categorys_words(on_sqlite, tmp_path):
    town = on_sqlite
    add_stamp(town)
    reference = town.bring(Stage.RECEIVED)
    frames = {frame.shot.code: frame for frame in testbuy_page(town.db, reference).frames}
    assert frames["U51"].shot.example == "on the seam" and frames["U51"].due
    assert frames["U51"].own.chinese.title == "批次章"
    town.photograph(reference, *UNBOXED, "U51")
    town.document(reference)
    town.take_in(reference)
    town.run(reference)
    shown = examination(town.db, town.people["expert"], town.examination(reference), town.now)
    assert ("U51", "Batch stamp") in {(photo.shot, photo.title) for photo in shown.photos}
    assert "U51" in {shot.code for shot in shown.to_ask_for}
    with town.db.read() as tx:
        record = read(tx, reference)
    for language, title in (("en", "Batch stamp"), ("zh", "批次章")):
        said = printed(record, town.vault, (), town.now, language)
        assert title in {row.title for row in said.shot_list.rows}
        assert title in {photo.title for photo in said.photos}
    assert dossiers.dossier_pdf(town.db, town.vault, reference, town.now).startswith(b"%PDF")
    town.seal(reference)
    target = tmp_path / "own.zip"
    dossiers.write_bundle(town.db, town.vault, reference, target, town.now)
    with zipfile.ZipFile(target) as packed:
        assert any("/U51-" in name for name in packed.namelist())


def test_an_authenticator_asks_for_own_shots_of_the_list_and_a_supervisor_waives_one(on_sqlite):
    town = on_sqlite
    add_stamp(town)
    reference = town.bring(Stage.RECEIVED)
    town.photograph(reference, *UNBOXED, "U51")
    town.document(reference)
    town.take_in(reference)
    town.run(reference)
    public_id = town.examination(reference)
    expert = town.act(Role.AUTHENTICATOR)
    examining.claim(town.db, expert, public_id)
    with town.refuses("no shot U52"):
        examining.ask_photo(town.db, expert, public_id, shot="U52", note="More")
    examining.ask_photo(town.db, expert, public_id, shot="U51", note="More")
    photographing.waive(
        town.db, town.act(Role.SUPERVISOR), reference, shot="U51", reason="It is gone"
    )


def test_versions_are_recorded_and_refused_whole(both):
    town = both
    with town.refuses("administrator"):
        change(town, Change.REQUIRE, shot="I06", role=Role.ANALYST)
    with town.refuses(kind=NotFound):
        change(town, Change.REQUIRE, shot="I06", category="hats")
    with town.refuses("already"):
        # The second of two changes is refused, so the first is not made either.
        change(town, Change.ADD, Change.ADD, shot="U06")
    change(town, Change.REQUIRE, shot="I06")
    (row,) = town.all(ShotListChange)
    assert (row.version, row.change, row.made_at) == (2, Change.REQUIRE, town.now)
    (listed,) = shotlists.lists(town.db, "watches")
    assert "I06" in listed.listed.required
    assert len(shotlists.lists(town.db)) == len(town.all(Category))


def test_another_base_counts_for_what_is_launched_after_it(on_sqlite):
    town = on_sqlite
    before = town.bring(Stage.RECEIVED)
    said = {"name": "watches", "shot_list": "full", "physical": False}
    programme.set_category(town.db, town.act(Role.ADMINISTRATOR), **said)
    town.photograph(before, *UNBOXED)
    town.document(before)
    after = town.bring(Stage.ORDERED, 2)
    town.photograph(after, "R01", "R02")
    with town.refuses("R04"):
        receiving.receive(town.db, town.buyer(after), after, version=town.version(after))


def test_an_accepted_own_photo_is_of_its_test_buy(on_sqlite):
    add_stamp(on_sqlite)
    reference = on_sqlite.bring(Stage.RECEIVED)
    photographing.take_photo(
        on_sqlite.db, on_sqlite.vault, on_sqlite.buyer(reference), reference, shot="U51",
        data=picture("stamp"), name="s.jpg",
    )  # fmt: skip
    assert [photo.shot for photo in on_sqlite.of(Photo, reference)][-1] == "U51"
