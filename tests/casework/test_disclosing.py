"""The schedule holds every kind of line, of every test buy of the operator."""

from casework import codes, ending, requesting
from casework.codes import NewCode
from casework.disclosing import as_data, schedule
from evidence.words import words_of
from rules.codes import CodeKind
from rules.disclosure import Disclosure
from rules.lifecycle import EarlyEnd, Stage
from rules.roles import Role
from rules.shots import Proof
from rules.verdicts import Verdict
from storage.rows import add, change, table_of
from storage.tables import (
    ChatMessage,
    ConductWarning,
    Confirmation,
    Exhibit,
    Photo,
    Shop,
    Side,
    TestBuy,
    Waiver,
)
from storage.tables import Verdict as VerdictRow


def lines(town, shop=1):
    with town.db.read() as tx:
        return schedule(tx, town.shop(shop))


def link(town, *shops):
    """All shops under one operator."""
    with town.db.write() as tx:
        operator = town.shop(shops[0]).operator_id
        for shop in shops[1:]:
            change(
                tx,
                Shop,
                table_of(Shop).c.id == town.shop(shop).id,
                operator_id=operator,
                link_basis="one registrant",
            )


def test_each_kind_planted_is_in_the_schedule(both, monkeypatch):
    town = both
    counterfeit = town.refer()
    link(town, 1, 2, 3, 4, 5, 6)
    genuine = town.bring(Stage.JUDGED, 2, Verdict.GENUINE)
    grey = town.bring(Stage.JUDGED, 3, Verdict.GREY_MARKET)
    declined = town.request(4)
    requesting.decline(
        town.db,
        town.act(Role.APPROVER),
        declined,
        version=town.version(declined),
        reason="Too dear.",
    )
    gone = town.bring(Stage.ASSIGNED, 5)
    ending.abandon(
        town.db,
        town.act(Role.ANALYST),
        gone,
        version=town.version(gone),
        why=EarlyEnd.LISTING_GONE,
        note="Sold out.",
    )
    open_one = town.request(6)
    elsewhere = town.request(7)
    row = town.row(counterfeit)
    supervisor, clerk = town.act(Role.SUPERVISOR), town.act(Role.CLERK)
    town.later(minutes=1)
    exhibit = town.of(Exhibit, counterfeit)[0].reference
    lot = codes.record(town.db, clerk, exhibit, NewCode(CodeKind.LOT, "L-7"))
    codes.correct(
        town.db, clerk, lot, NewCode(CodeKind.LOT, "L-1"), reason="A one read as a seven."
    )
    photos = town.of(Photo, counterfeit)
    with town.db.write() as tx:
        change(
            tx, Photo, table_of(Photo).c.id == photos[0].id, accepted=False, reasons=["Blurred."]
        )
        add(
            tx, Waiver, testbuy_id=row.id, shot="R05", reason="It was open already.",
            waived_by=supervisor.person, waived_at=town.now,
        )  # fmt: skip
        for number, agrees in enumerate((False, True)):
            add(
                tx, Confirmation, testbuy_id=row.id, photo_id=photos[1].id, proof=Proof.SEAL,
                agrees=agrees, compared_with="S", note=f"word {number}",
                confirmed_by=clerk.person, confirmed_at=town.now,
            )  # fmt: skip
        change(
            tx, VerdictRow, table_of(VerdictRow).c.sealed_by > 0,
            table_of(VerdictRow).c.value == Verdict.GENUINE, superseded_at=town.now,
        )  # fmt: skip
        message = add(
            tx, ChatMessage, testbuy_id=row.id, said_by=Side.BUYER, language="en",
            text="Is it a replica?", said_at=town.now, recorded_by=clerk.person,
            recorded_at=town.now, salt=b"0" * 16,
        )  # fmt: skip
        add(
            tx, ConductWarning, testbuy_id=row.id, message_id=message, matched=["replica"],
            rule_version="1", verified=False, raised_at=town.now,
        )  # fmt: skip
        change(tx, TestBuy, table_of(TestBuy).c.reference == grey, conclusion=Verdict.INCONCLUSIVE)
    found = {(line.reference, line.kind) for line in lines(town)}
    assert found == {
        (counterfeit, Disclosure.COUNTERFEIT_BUY),
        (counterfeit, Disclosure.WAIVER),
        (counterfeit, Disclosure.REFUSED_PHOTO),
        (counterfeit, Disclosure.DISAGREEING_COMPARISON),
        (counterfeit, Disclosure.CORRECTION),
        (counterfeit, Disclosure.CODE_CORRECTION),
        (counterfeit, Disclosure.CONDUCT_WARNING),
        (genuine, Disclosure.OTHER_BUY),
        (genuine, Disclosure.SUPERSEDED_VERDICT),
        (grey, Disclosure.OTHER_BUY),
        (grey, Disclosure.DIFFERING_VERDICT),
        (declined, Disclosure.DECLINED_BUY),
        (gone, Disclosure.ABANDONED_BUY),
        (open_one, Disclosure.UNDECIDED_BUY),
    }
    assert {kind for _, kind in found} == set(Disclosure)
    assert elsewhere not in {line.reference for line in lines(town)}
    for language in ("en", "zh"):
        told = as_data(lines(town), words_of(language))["lines"]
        assert len(told) == len(lines(town))
        assert all(each["sentence"] and each["at"] and each["reference"] for each in told)
    said = " ".join(line.sentence(words_of("en")) for line in lines(town))
    assert "It was open already." in said and "Blurred." in said and "listing gone" in said
    assert "from “L-7” to “L-1”: A one read as a seven." in said


def test_a_shop_of_nobody_known_has_its_own_test_buys_alone(on_sqlite):
    first, second = on_sqlite.request(1), on_sqlite.request(2)
    assert [line.reference for line in lines(on_sqlite, 1)] == [first]
    assert [line.reference for line in lines(on_sqlite, 2)] == [second]
