"""Seizure lists out of a file: looked at first, whole or not, once, on both databases."""

import pytest

from casework.errors import NotFound, Stale
from casework.raiding import raid_lists
from casework.views.raid import raid_page
from evidence.digests import sha256_of
from rules.holders import ExhibitKind
from rules.roles import Role
from rules.seizures import Basis, Precision, ValueOf
from storage.tables import RaidPlace, SeizureImport, SeizureLine
from tests.casework.raiding.raiding import carried_out, source, whole

HEAD = (
    "kind,description,brand,quantity,precision,unit,value_minor,currency,basis,value_of,"
    "value_precision,place"
)
GOOD = f"""{HEAD}
goods,"Watches, rose gold",Swarovski,125,exactly,pieces,1600000,cny,estimate,each,about,
seal,Counterfeit seals,,2,,pieces,,,,,,
label,Hang tags,Swarovski,400,at_least,pieces,50,CNY,counterfeit_price,,,
"""


def looked(town, reference, of, text=GOOD):
    return raid_lists.look(town.db, reference, source=of, text=text)


def imported(town, reference, of, text=GOOD, digest=None, act=None):
    return raid_lists.import_list(
        town.db, act or town.act(Role.LIAISON), reference, source=of, text=text,
        digest=digest or looked(town, reference, of, text).digest,
    )  # fmt: skip


def test_a_list_is_looked_at_and_then_recorded_whole(both):
    reference = carried_out(both)
    of = source(both, reference)
    plan = looked(both, reference, of)
    assert (plan.faulty, len(plan.lines), plan.imported) == (0, 3, False)
    assert both.all(SeizureLine) == []
    assert imported(both, reference, of) == 3
    watches, seals, labels = both.all(SeizureLine)
    assert (watches.description, watches.value_minor, watches.currency) == (
        "Watches, rose gold", 1_600_000, "CNY",
    )  # fmt: skip
    assert (watches.value_of, watches.value_precision) == (ValueOf.EACH, Precision.ABOUT)
    assert (seals.kind, seals.brand, seals.value_minor) == (ExhibitKind.SEAL, None, None)
    assert seals.precision is Precision.EXACTLY and labels.precision is Precision.AT_LEAST
    (account,) = raid_page(both.db, reference).accounts
    told = {total.basis: (str(total.money), total.precision) for total in account.totals}
    assert told == {
        Basis.ESTIMATE: ("CNY 2,000,000.00", Precision.ABOUT),
        Basis.COUNTERFEIT_PRICE: ("CNY 200.00", Precision.AT_LEAST),
    }


def test_the_same_file_twice_is_answered_alike_and_recorded_once(both):
    reference = carried_out(both)
    of = source(both, reference)
    digest = looked(both, reference, of).digest
    # A browser sends the same lines with other ends, a spreadsheet with a mark before them.
    same = "\ufeff" + GOOD.replace("\n", "\r\n")
    answers = [imported(both, reference, of, text, digest) for text in (GOOD, same, GOOD)]
    assert answers == [3, 3, 3]
    assert (len(both.all(SeizureLine)), len(both.all(SeizureImport))) == (3, 1)
    assert looked(both, reference, of).imported
    # Another source may say the same: those are claims of its own.
    other = source(both, reference, name="Appendix")
    assert imported(both, reference, other) == 3 and len(both.all(SeizureLine)) == 6


def test_one_faulty_line_and_nothing_is_recorded(both):
    reference = carried_out(both)
    of = source(both, reference)
    text = GOOD + "goods,,,many,,pieces,,,,,,\n"
    plan = looked(both, reference, of, text)
    (bad,) = [line for line in plan.lines if line.faults]
    assert (bad.number, plan.faulty) == (5, 1)
    with both.refuses("Nothing was recorded") as caught:
        imported(both, reference, of, text)
    assert any(
        reason.startswith("In line 5: “many” is no whole") for reason in caught.value.reasons
    )
    assert both.all(SeizureLine) == []


def test_another_file_than_the_one_looked_at_is_refused(both):
    reference = carried_out(both)
    of = source(both, reference)
    digest = looked(both, reference, of).digest
    with both.refuses("another file", Stale):
        imported(both, reference, of, GOOD.replace("125", "126"), digest)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("watch,W,,1,,pieces,,,,,,", "“watch” in the column “kind”"),
        ("goods,,,1,,pieces,,,,,,", "what was seized"),
        ("goods,W,,-1,,pieces,,,,,,", "no whole number"),
        ("goods,W,,1,,,,,,,,", "in which unit"),
        ("goods,W,,1,roughly,pieces,,,,,,", "“roughly” in the column “precision”"),
        ("goods,W,,1,,pieces,100,,,,,", "all of value_minor, currency, basis"),
        ("goods,W,,1,,pieces,100,XXX,estimate,,,", "not a currency"),
        ("goods,W,,1,,pieces,1.5,CNY,estimate,,,", "no whole number"),
        ("goods,W,,1,,pieces,0,CNY,estimate,,,", "above zero"),
        ("goods,W,,1,,pieces,100,CNY,guess,,,", "“guess” in the column “basis”"),
        ("goods,W,,1,,pieces,,,,,,77", "no place of that number"),
        ("goods,W,,1,,pieces,,,,,,,,", "more fields"),
    ],
)
def test_each_fault_of_a_line_is_told(on_sqlite, line, said):
    reference = carried_out(on_sqlite)
    of = source(on_sqlite, reference)
    (only,) = looked(on_sqlite, reference, of, f"{HEAD}\n{line}\n").lines
    assert only.line is None and any(said in fault for fault in only.faults)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The column “kind” is missing"),
        (HEAD, "no line under its header"),
        (HEAD.replace("unit,", "") + "\n", "“unit” is missing"),
        (HEAD + ",colour\n", "“colour” is not known"),
        (HEAD + ",brand\n", "“brand” stands twice"),
        (HEAD + '\ngoods,"W', "Line 2 is not CSV"),
        (HEAD + "\n" + "goods,W,,1,,pieces,,,,,,\n" * 501, "at most 500 lines"),
        (HEAD + "\n" + "x" * 100_000, "at most 100,000 characters"),
    ],
)
def test_a_file_that_is_no_list_is_refused_whole(on_sqlite, text, said):
    reference = carried_out(on_sqlite)
    of = source(on_sqlite, reference)
    with on_sqlite.refuses(said):
        looked(on_sqlite, reference, of, text)


def test_a_list_names_places_of_its_raid_and_only_a_liaison_imports(on_sqlite):
    town = on_sqlite
    reference, police, _ = whole(town)
    place = town.all(RaidPlace)[1].id
    before = len(town.all(SeizureLine))
    text = f"{HEAD}\ntool,Engraver,,1,,pieces,,,,,,{place}\n"
    with town.refuses("Only a liaison"):
        imported(town, reference, police, text, act=town.act(Role.ANALYST))
    assert imported(town, reference, police, text) == 1
    assert town.all(SeizureLine)[before].place_id == place
    other = carried_out(town, operator="OP-0001")
    with town.refuses(kind=NotFound):
        looked(town, other, police)


def test_the_digest_is_of_the_text_alone(on_sqlite):
    reference = carried_out(on_sqlite)
    of = source(on_sqlite, reference)
    text = GOOD.rstrip("\n")
    assert looked(on_sqlite, reference, of).digest == sha256_of(text.encode())
