"""What a package lacks stops its approval, until it is recorded or a second person lets it go."""

from datetime import timedelta

import pytest

from casework.errors import Stale
from casework.flags import flagging
from casework.gauge import pricing
from casework.papers import reporting
from casework.papers.reported import reported
from casework.record import disclosing
from casework.record.record import read
from casework.referring import answering, furnishing, gating, referring, sending
from casework.sanctioning import sanctioning
from evidence.words import words_of
from rules.completeness import Item
from rules.disclosure import Disclosure
from rules.lifecycle import Stage
from rules.money import Money
from rules.package import RowKind
from rules.referral import ReferralState
from rules.roles import Role
from rules.sanctions import SanctionKind
from storage.rows import change, one, table_of
from storage.tables import Agency, Examination, PackageWaiver, Shop, UndertakingRow
from tests.casework import packaged
from tests.casework.buying import test_follow_ups
from tests.casework.sanctioning import sanctioned


@pytest.fixture
def bare(on_sqlite):
    """A drafted referral with nothing but its test buy."""
    return on_sqlite, drafted(on_sqlite)


def drafted(town):
    reference = town.bring(Stage.JUDGED)
    town.run(reference)
    referring.draft(town.db, town.act(Role.ANALYST), operator="OP-0001", agency="Luohu police")
    return reference


def approve(town, reference):
    row = town.referral(reference)
    return answering.approve(town.db, town.act(Role.LIAISON), row.reference, version=row.version)


def waive(town, reference, item, role=Role.SUPERVISOR, reason="They said it suffices.", **who):
    row = town.referral(reference)
    said = {"version": row.version, "reason": reason}
    said["of"] = packaged.still(town, row.reference, item)
    gating.waive(town.db, town.act(role, **who), row.reference, item, **said)


def lacking(town, reference):
    return packaged.lacking(town, town.referral(reference).reference)


def test_approval_is_refused_with_what_to_do_until_all_is_there(bare):
    town, reference = bare
    with town.refuses("No registration in force is on record for Swarovski: record one."):
        approve(town, reference)
    assert lacking(town, reference) == [
        Item.RIGHTS, Item.SALES, Item.GENUINE_PRICE, Item.KNOWLEDGE, Item.HARM, Item.PREMISES,
        Item.UNDERTAKING,
    ]  # fmt: skip
    packaged.say_all(town)
    assert lacking(town, reference) == [Item.SALES, Item.GENUINE_PRICE]
    town.record_sales(1)
    article = {"brand": "Swarovski", "product": "Article 1", "source": "List", "verified": True}
    since = town.now.date() - timedelta(days=400)
    pricing.add_price(
        town.db, town.act(Role.ANALYST), **article, amount=Money(219000, "CNY"), valid_from=since
    )
    assert lacking(town, reference) == []
    approve(town, reference)
    assert town.referral(reference).state is ReferralState.APPROVED


def test_a_registration_that_has_run_out_is_none(bare):
    town, reference = bare
    packaged.say_all(town)
    number = packaged.record(town, packaged.rights(valid_until=town.now.date()))
    assert Item.RIGHTS not in lacking(town, reference)
    yesterday = town.now.date() - timedelta(days=1)
    for each, corrects in ((yesterday, number), (yesterday, 1)):
        expired = packaged.rights(valid_until=each)
        packaged.record(town, expired, corrects=corrects, reason="The register says so")
    assert Item.RIGHTS in lacking(town, reference)


def test_an_agency_that_wants_the_exhibit_takes_no_photographs(bare):
    town, reference = bare
    packaged.complete(town, town.referral(reference).reference)
    with town.db.write() as tx:
        rows = table_of(Examination).c
        change(tx, Examination, rows.testbuy_id == town.row(reference).id, basis="photographs")
        change(tx, Agency, table_of(Agency).c.name == "Luohu police", needs_exhibit=True)
    with town.refuses(f"{reference} rests on photographs alone"):
        approve(town, reference)
    with town.refuses("can't be waived"):
        waive(town, reference, Item.EXAMINATION)
    with town.db.write() as tx:
        change(tx, Agency, table_of(Agency).c.name == "Luohu police", needs_exhibit=False)
    approve(town, reference)


def test_a_seller_who_was_told_knew_and_what_was_bought_since_is_told_beside_it(bare):
    """What the programme gave the seller itself is on record: nobody writes it down again."""
    town, reference = bare
    assert Item.KNOWLEDGE in lacking(town, reference)
    measure = sanctioned.in_force(town, reference, kind=SanctionKind.WARNED)
    again = test_follow_ups.follow(town, measure)
    assert Item.KNOWLEDGE not in lacking(town, reference)
    referral = town.referral(reference).reference
    with town.db.read() as tx:
        records = [read(tx, each) for each in (reference, again)]
        held = reported(tx, referral, records, town.now)
    said = reporting.content(held, records, town.vault, town.now, "en")
    (told,) = said.parts[0].entries
    assert told.label == "Warning"
    assert "the seller of Shop 1 was told of it by The platform's messages" in told.says
    assert f"bought again after that: {again} (requested)" in told.says
    assert "clause 5.2" in told.says and f"Source: {measure}" in told.source
    (data,) = held.data["told"]
    assert data["bought_since"] == [{"testbuy": again, "conclusion": None}]
    assert data["notices"][0] in told.source
    after = [row.value for row in said.testbuys[1].rows if row.label == "Bought after notice"]
    day = words_of("en").day(town.now)
    assert after == [f"{measure}, of which the seller was told on {day}; it followed {reference}"]
    sanctioned.do(
        town, sanctioning.lift, measure, town.act(Role.SUPERVISOR), reasons="The invoices fit."
    )
    assert Item.KNOWLEDGE in lacking(town, reference)
    with town.db.read() as tx:
        held = reported(tx, referral, records, town.now)
    said = reporting.content(held, records, town.vault, town.now, "zh")
    assert said.parts[0].entries == () and held.data["told"] == []


def test_a_waiver_is_a_second_persons_with_its_reason_and_is_printed(bare):
    town, reference = bare
    packaged.say_all(town)
    with town.refuses("Only an approver or a supervisor"):
        waive(town, reference, Item.SALES, Role.LIAISON)
    with town.refuses("Say why"):
        waive(town, reference, Item.SALES, reason=" ")
    with town.refuses("present already"):
        waive(town, reference, Item.HARM)
    seen = town.referral(reference)
    waive(town, reference, Item.SALES)
    waive(town, reference, Item.GENUINE_PRICE, Role.APPROVER)
    with town.refuses(kind=Stale):
        answering.approve(town.db, town.act(Role.LIAISON), seen.reference, version=seen.version)
    with town.refuses("waived already"):
        waive(town, reference, Item.SALES)
    shop = town.shop(1).name
    with town.refuses("yourself"):
        town.approve_referral(reference, town.act(Role.LIAISON, "supervisor"))
    approve(town, reference)
    assert [row.reason for row in town.all(PackageWaiver)] == ["They said it suffices."] * 2
    with town.refuses("while it is drafted"):
        waive(town, reference, Item.HARM)
    with town.db.read() as tx:
        lines = disclosing.schedule(tx, one(tx, Shop, id=town.row(reference).shop_id))
        about = [line for line in lines if line.kind is Disclosure.PACKAGE_WAIVER]
        record = read(tx, reference)
        held = reported(tx, seen.reference, [record], town.now)
    assert [line.sentence(words_of("en")) for line in about] == [
        "The package went without valuation at the genuine price (CNY): They said it suffices.",
        f"The package went without sales records ({shop}): They said it suffices.",
    ]
    whole = reporting.content(held, [record], town.vault, town.now, "en")
    (said,) = [each for each in whole.parts if each.title == "Completeness of the package"]
    told = {entry.label: (entry.says, entry.source) for entry in said.entries}
    assert told["Sales records"][0] == f"waived; {shop}; They said it suffices."
    assert told["Sales records"][1].startswith("Waived by supervisor on ")
    assert told["Harm"] == ("present", "")
    assert held.data["items"]["sales"] == "waived"
    assert [each["of"] for each in held.data["waivers"]] == [[shop], ["CNY"]]


def test_a_waiver_covers_the_shops_that_lacked_then_and_no_later_one(both):
    """A shop that is linked since has no sales record either: nobody let that go."""
    town = both
    reference = drafted(town)
    packaged.say_all(town)
    led = town.referral(reference).reference
    waive(town, reference, Item.SALES)
    for item in lacking(town, reference):
        waive(town, reference, item)
    assert lacking(town, reference) == []
    seen = packaged.still(town, led, Item.SALES)
    flagging.link_shop(
        town.db, town.act(Role.ANALYST), shop_id=town.shop(2).id, operator="OP-0001",
        new_operator_name=None, basis="One phone",
    )  # fmt: skip
    first, second = town.shop(1).name, town.shop(2).name
    with town.refuses(f"for {second}: obtain one. Waived before was {first} alone"):
        approve(town, reference)
    row = town.referral(reference)
    with town.refuses("not what was shown any more", Stale):
        gating.waive(
            town.db, town.act(Role.APPROVER), led, Item.SALES, version=row.version, of=seen,
            reason="As before",
        )  # fmt: skip
    waive(town, reference, Item.SALES, Role.APPROVER, reason="Opened yesterday.")
    assert lacking(town, reference) == []
    waived = [each for each in town.all(PackageWaiver) if each.part is Item.SALES]
    assert [[name for _, name in each.lacked] for each in waived] == [[first], [second]]
    with town.db.read() as tx:
        record = read(tx, reference)
        held = reported(tx, led, [record], town.now)
    whole = reporting.content(held, [record], town.vault, town.now, "en")
    (said,) = [each for each in whole.parts if each.title == "Completeness of the package"]
    assert [entry.says for entry in said.entries if entry.label == "Sales records"] == [
        f"waived; {first}; They said it suffices.", f"waived; {second}; Opened yesterday.",
    ]  # fmt: skip
    approve(town, reference)


def test_a_correction_is_told_in_the_disclosure_schedule(bare):
    town, reference = bare
    number = packaged.record(town, packaged.harm())
    packaged.record(town, packaged.harm(text="Lead"), corrects=number, reason="Wrong metal")
    with town.db.read() as tx:
        lines = disclosing.schedule(tx, one(tx, Shop, id=town.row(reference).shop_id))
    (line,) = [line for line in lines if line.kind is Disclosure.PACKAGE_CORRECTION]
    assert line.sentence(words_of("en")) == ("What packages say of harm was corrected: Wrong metal")
    assert line.sentence(words_of("zh")) == "移送材料中有关危害后果的内容已更正：Wrong metal"


def test_what_went_missing_after_the_approval_is_not_sent(both):
    """The undertaking was there when it was approved, and was withdrawn before it went."""
    town = both
    reference = town.refer()
    town.approve_referral(reference)
    (kept,) = town.all(UndertakingRow)
    furnishing.withdraw(
        town.db, town.act(Role.ANALYST), "OP-0001", RowKind.UNDERTAKING, kept.id,
        reason="She left the firm.",
    )  # fmt: skip
    assert sending.intend_sending(town.db, town.engine(), reference) is None
    row = town.referral(reference)
    assert row.state is ReferralState.APPROVED and row.intended_at is None
    assert "not whole any more. No undertaking of Swarovski AG" in row.unsent_because
    packaged.record(town, packaged.undertaking(), document=packaged.PAPER)
    sending.send_again(
        town.db, town.act(Role.LIAISON), row.reference, version=town.referral(reference).version
    )
    assert sending.intend_sending(town.db, town.engine(), reference) is not None
