"""Codes on the goods: who records them, on which exhibit they stand, and the leads they raise."""

import io
import json

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from casework.buying import ending
from casework.errors import NotFound, Refused
from casework.examinations import examining
from casework.intake import codes, photographing, receiving
from casework.intake.codes import NewCode
from casework.operators import leads
from casework.papers import dossiers
from casework.papers.printing import printed
from casework.photographs import masking
from casework.photographs.masking import Marked
from casework.record.particulars import as_data
from casework.record.record import read
from rules.audience import MaskKind, Region
from rules.codes import CodeKind, CodeSource, LeadState, ScanResult
from rules.disclosure import Disclosure
from rules.lifecycle import EarlyEnd, Stage
from rules.roles import Role
from storage.tables import Exhibit, ExhibitCode, Lead, Notice, Route
from tests.casework.programme_in import UNBOXED, _strip

SERIAL = NewCode(CodeKind.SERIAL, "SN-4711-0815")


def record(town, reference, code=SERIAL, role=Role.CLERK):
    (exhibit,) = town.of(Exhibit, reference)
    return codes.record(town.db, town.act(role), exhibit.reference, code)


def two(town, second=2):
    """Two test buys with their exhibits, of two shops unless told otherwise."""
    return town.bring(Stage.DOCUMENTED, 1), town.bring(Stage.DOCUMENTED, second)


def noted(town, reference, what):
    bodies = [json.loads(entry.body) for entry in town.ledger(reference)]
    return [body for body in bodies if what in json.dumps(body)]


def coded(*texts, kind=zxingcpp.BarcodeFormat.Code128):
    """A photo that its gates accept, with these codes in it one below the other."""
    photo = Image.open(io.BytesIO(_strip())).convert("RGB")
    sheet = Image.new("RGB", (photo.width, photo.height + 420 * len(texts)), (205, 200, 190))
    sheet.paste(photo, (0, 0))
    for place, text in enumerate(texts):
        drawn = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, kind), scale=4)
        symbol = Image.fromarray(np.asarray(drawn)).convert("RGB")
        symbol = symbol.resize((symbol.width, 260))
        sheet.paste(symbol, (200, photo.height + 60 + 420 * place))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=88)
    return out.getvalue()


def hand_in(town, reference, shot, data):
    taken = photographing.take_photo(
        town.db, town.vault, town.buyer(reference), reference, shot=shot, data=data, name="x.jpg"
    )
    assert taken.accepted, taken.reasons
    return taken


def test_the_same_serial_in_two_shops_is_one_lead_in_both_ledgers(both):
    first, second = two(both)
    record(both, first)
    assert both.all(Lead) == []
    record(both, second, NewCode(CodeKind.SERIAL, "S/N sn 4711 0815"))
    record(both, second, SERIAL, Role.SUPERVISOR)
    (lead,) = both.all(Lead)
    assert lead.state is LeadState.OPEN
    assert {lead.exhibit_id, lead.other_id} == {
        both.of(Exhibit, each)[0].id for each in (first, second)
    }
    for reference in (first, second):
        (raised,) = noted(both, reference, "lead raised")
        assert "4711" not in json.dumps(raised)
    (told,) = [each for each in both.all(Notice) if each.key.startswith("lead:")]
    assert told.to_role is Role.ANALYST
    assert first in told.text and second in told.text


@pytest.mark.parametrize("kind", [CodeKind.LOT, CodeKind.BARCODE, CodeKind.VERIFICATION])
def test_other_codes_are_no_lead(on_sqlite, kind):
    for reference in two(on_sqlite):
        record(on_sqlite, reference, NewCode(kind, "AB123456"))
    assert on_sqlite.all(Lead) == []


def test_one_shop_and_another_brand_are_no_lead(on_sqlite):
    """The ninth flag is on the first shop's listing; the eighth is another brand's."""
    town = on_sqlite
    for flag in (1, 9, 8):
        reference = town.bring(Stage.DOCUMENTED, flag)
        record(town, reference)
        ending.abandon(
            town.db, town.act(Role.ANALYST), reference, version=None,
            why=EarlyEnd.BUYER_WITHDREW, note="",
        )  # fmt: skip
    assert len(town.all(ExhibitCode)) == 3
    assert town.all(Lead) == []


def test_nothing_is_kept_where_the_lead_can_not_be(on_sqlite, monkeypatch):
    """The code and its lead are one transaction."""
    town = on_sqlite
    first, second = two(town)
    record(town, first)

    def broken(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(leads, "add_if_absent", broken)
    with pytest.raises(RuntimeError):
        record(town, second)
    assert len(town.all(ExhibitCode)) == 1


def test_a_buyers_code_waits_for_its_exhibit_and_raises_the_lead_when_bagged(both):
    town = both
    first, second = town.bring(Stage.DOCUMENTED, 1), town.bring(Stage.RECEIVED, 2)
    record(town, first)
    codes.record_on_task(town.db, town.buyer(second), second, SERIAL)
    assert town.all(Lead) == []
    town.photograph(second, *UNBOXED)
    town.document(second)
    (code,) = town.of(ExhibitCode, second)
    (exhibit,) = town.of(Exhibit, second)
    assert (code.exhibit_id, code.source) == (exhibit.id, CodeSource.BUYER)
    assert len(town.all(Lead)) == 1


def test_of_several_exhibits_a_clerk_says_which_bears_it_once(on_sqlite):
    town = on_sqlite
    first, second = town.bring(Stage.DOCUMENTED, 1), town.bring(Stage.RECEIVED, 2)
    record(town, first)
    codes.record_on_task(town.db, town.buyer(second), second, SERIAL)
    town.photograph(second, *UNBOXED)
    town.document(second, "B-1", "B-2")
    (code,) = town.of(ExhibitCode, second)
    assert code.exhibit_id is None and town.all(Lead) == []
    _, box = town.of(Exhibit, second)
    (elsewhere,) = town.of(Exhibit, first)
    with town.refuses("another test buy"):
        codes.place(town.db, town.act(Role.CLERK), code.id, elsewhere.reference)
    codes.place(town.db, town.act(Role.CLERK), code.id, box.reference)
    assert town.of(ExhibitCode, second)[0].exhibit_id == box.id
    assert len(town.all(Lead)) == 1
    with town.refuses("already"):
        codes.place(town.db, town.act(Role.CLERK), code.id, box.reference)


def test_a_correction_is_a_later_row_and_the_first_one_stays(on_sqlite):
    town = on_sqlite
    first, second = two(town)
    record(town, first)
    number = record(town, second, NewCode(CodeKind.SERIAL, "SN-4711-0816"))
    clerk = town.act(Role.CLERK)
    with town.refuses("what was wrong"):
        codes.correct(town.db, clerk, number, SERIAL, reason=" ")
    with town.refuses("already"):
        same = NewCode(CodeKind.SERIAL, "SN-4711-0816")
        codes.correct(town.db, clerk, number, same, reason="No")
    codes.correct(town.db, clerk, number, SERIAL, reason="A five read as a six")
    before, after = town.of(ExhibitCode, second)
    assert (before.text, after.text, after.corrects_id) == (
        "SN-4711-0816", "SN-4711-0815", before.id,
    )  # fmt: skip
    assert len(town.all(Lead)) == 1, "the corrected serial is compared too"
    with town.refuses("newest"):
        codes.correct(town.db, town.act(Role.CLERK), number, SERIAL, reason="Again")
    with town.db.read() as tx:
        kept = read(tx, second)
    lines = [line for line in kept.disclosed if line.kind is Disclosure.CODE_CORRECTION]
    assert [line.facts["reason"] for line in lines] == ["A five read as a six"]


def test_a_corrected_code_raises_nothing_any_more(on_sqlite):
    town = on_sqlite
    first, second = two(town)
    number = record(town, first)
    none = NewCode(CodeKind.SERIAL, "")
    codes.correct(town.db, town.act(Role.CLERK), number, none, reason="It was the lot code")
    record(town, second)
    assert town.all(Lead) == []


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (NewCode(CodeKind.SERIAL, " - "), "letters and digits"),
        (NewCode(CodeKind.SERIAL, "A" * 501), "500 signs"),
        (NewCode(CodeKind.LOT, "L1", scan_result=ScanResult.VALID), "verification code"),
        (NewCode(CodeKind.VERIFICATION, "V1", scan_result=ScanResult.VALID, scans=2), "how often"),
        (NewCode(CodeKind.SERIAL, "A1", photo="nothing"), "not one of this test buy"),
    ],
)
def test_what_is_no_code_is_refused(on_sqlite, code, why):
    reference = on_sqlite.bring(Stage.DOCUMENTED)
    with on_sqlite.refuses(why):
        record(on_sqlite, reference, code)


def test_codes_are_recorded_by_those_who_have_the_goods_before_them(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.SUBMITTED)
    (exhibit,) = town.of(Exhibit, reference)
    for role in (Role.ANALYST, Role.LIAISON, Role.AUDITOR, Role.AUTHENTICATOR):
        with town.refuses("recorded by a clerk"):
            codes.record(town.db, town.act(role), exhibit.reference, SERIAL)
    stranger = next(
        town.people[name]
        for name in ("Bao Yun", "Dai Min")
        if town.people[name] != town.row(reference).buyer_id
    )
    with town.refuses(kind=NotFound):
        act = town.buyer(reference)
        codes.record_on_task(
            town.db, type(act)(act.role, act.now, act.seed, stranger), reference, SERIAL
        )


def test_an_authenticator_states_a_code_and_learns_of_no_lead(on_sqlite):
    town = on_sqlite
    first, second = town.bring(Stage.DOCUMENTED, 1), town.bring(Stage.SUBMITTED, 2)
    record(town, first)
    public_id, expert = town.examination(second), town.act(Role.AUTHENTICATOR, "expert")
    with town.refuses("Claim"):
        codes.state(town.db, expert, public_id, SERIAL)
    examining.claim(town.db, expert, public_id)
    assert codes.state(town.db, expert, public_id, SERIAL) is None
    (code,) = town.of(ExhibitCode, second)
    assert code.source is CodeSource.AUTHENTICATOR
    assert len(town.all(Lead)) == 1
    for act in (town.act(Role.AUTHENTICATOR, "cat expert"), town.act(Role.CLERK)):
        with town.refuses(kind=NotFound):
            codes.state(town.db, act, public_id, SERIAL)


def test_a_machine_reads_the_goods_codes_and_leaves_out_ours_and_the_buyers(on_sqlite):
    town = on_sqlite
    first = town.bring(Stage.DOCUMENTED, 1)
    record(town, first)
    reference = town.bring(Stage.ASSIGNED, 2, route=Route.BY_HAND)
    town.photograph(reference, "P01", "P05", "P07")
    town.order(reference, "CANARY-ORDER-4711")
    town.carry_on(reference, Stage.RECEIVED)
    row = town.row(reference)
    data = coded(row.challenge_code, f"SF{row.id:09d}", "CANARY-ORDER-4711", "LOT20261101")
    hand_in(town, reference, "U06", data)
    assert [each.text for each in town.of(ExhibitCode, reference)] == ["LOT20261101"]
    hand_in(town, reference, "I03", coded("SN-4711-0815"))
    hand_in(town, reference, "U02", coded("NOT-OF-A-CODE-SHOT"))
    lot, serial = town.of(ExhibitCode, reference)
    assert (lot.kind, serial.kind) == (CodeKind.BARCODE, CodeKind.SERIAL)
    assert serial.source is CodeSource.MACHINE and serial.symbology == "Code 128"
    town.photograph(reference, "I01", "I02", "B02")
    receiving.document(
        town.db, town.buyer(reference), reference, version=town.version(reference),
        exhibits=[receiving.NewExhibit("goods", "A watch", "B-9")],
    )  # fmt: skip
    assert len(town.all(Lead)) == 1


def test_what_a_person_covered_in_the_photo_is_not_told_of_its_code(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.RECEIVED)
    taken = hand_in(town, reference, "I03", coded("SN-4711-0815"))
    town.photograph(reference, *UNBOXED)
    town.document(reference)
    with town.db.read() as tx:
        assert as_data(read(tx, reference).particulars, reference)["codes"][0]["text"]
    region = Marked(MaskKind.BARCODE, Region(0, 5000, 10_000, 10_000))
    masking.mark(
        town.db, town.vault, town.act(Role.CLERK), taken.public_id, seen=0, regions=[region],
        nothing=False,
    )  # fmt: skip
    with town.db.read() as tx:
        record_ = read(tx, reference)
    assert as_data(record_.particulars, reference)["codes"][0]["text"] is None
    said = printed(record_, town.vault, (), town.now)
    assert [each.text for each in said.codes] == ["withheld"]


def test_an_analyst_decides_once_and_the_dossiers_tell(on_sqlite, tmp_path):
    town = on_sqlite
    first, second = two(town)
    for reference in (first, second):
        record(town, reference)
    (lead,) = town.all(Lead)
    analyst = town.act(Role.ANALYST)
    for act, why in ((town.act(Role.LIAISON), "analyst"), (analyst, "Say why")):
        with town.refuses(why):
            leads.decide(town.db, act, lead.id, state=LeadState.CONFIRMED, reason="")
    leads.decide(town.db, analyst, lead.id, state=LeadState.DISMISSED, reason="Both are samples")
    with town.refuses("already"):
        leads.decide(town.db, analyst, lead.id, state=LeadState.CONFIRMED, reason="No")
    for reference, other in ((first, second), (second, first)):
        assert len(noted(town, reference, "lead dismissed")) == 1
        with town.db.read() as tx:
            said = printed(read(tx, reference), town.vault, (), town.now)
        (told,) = said.leads
        assert (told.other_testbuy, told.state, told.reason) == (
            other, "dismissed", "Both are samples",
        )  # fmt: skip
        assert [code.text for code in said.codes] == ["SN-4711-0815"]
        pdf = dossiers.dossier_pdf(town.db, town.vault, reference, town.now)
        assert pdf.startswith(b"%PDF")


def test_a_code_in_signs_that_no_font_has_breaks_no_dossier(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.DOCUMENTED)
    record(
        town,
        reference,
        NewCode(
            CodeKind.VERIFICATION, "ق1\U0001f600", scan_result=ScanResult.ALREADY_SCANNED, scans=3
        ),
    )
    with town.db.read() as tx:
        said = printed(read(tx, reference), town.vault, (), town.now)
    assert said.codes[0].text == "\\u06421\\u1F600"
    assert said.codes[0].scan == "already scanned, 3 times"
    assert dossiers.dossier_pdf(town.db, town.vault, reference, town.now).startswith(b"%PDF")


def test_a_code_on_record_is_not_recorded_again_by_the_same_person(on_sqlite):
    reference = on_sqlite.bring(Stage.DOCUMENTED)
    record(on_sqlite, reference)
    with on_sqlite.refuses("on record already"):
        record(on_sqlite, reference)
    record(on_sqlite, reference, SERIAL, Role.SUPERVISOR)
    assert len(on_sqlite.of(ExhibitCode, reference)) == 2


def test_refused_is_what_a_lead_that_is_not_there_gets(on_sqlite):
    with pytest.raises(Refused):
        leads.decide(
            on_sqlite.db, on_sqlite.act(Role.ANALYST), 99, state=LeadState.OPEN, reason="x"
        )
    with pytest.raises(NotFound):
        leads.decide(
            on_sqlite.db, on_sqlite.act(Role.ANALYST), 99, state=LeadState.CONFIRMED, reason="x"
        )
