"""A referral that goes as a sealed folder: whole or not at all, written once, and handed over."""

import json
import subprocess

import pytest

from casework.errors import Refused
from casework.mails import outgoing
from casework.papers import dossiers
from casework.referring import answering, sending
from rules.delivery import Delivery
from rules.lifecycle import Stage
from rules.referral import ReferralState
from rules.roles import Role
from tests.casework.referring.delivered import choose, told_in
from tests.casework.referring.test_sending import liaison

READY = "Hand it over, have its receipt signed"


class BrokenOffError(RuntimeError):
    """The process ended here."""


def approved(town, way=Delivery.FOLDER):
    choose(town, way)
    reference = town.refer()
    town.approve_referral(reference)
    return reference


def go(town, reference, home):
    """What a run does, as `tasks.beside` does it."""
    intent = sending.intend_sending(town.db, town.engine(), reference)
    if intent is None:
        return None
    assert intent.way is Delivery.FOLDER
    package = dossiers.write_referral(town.db, town.vault, intent, home / "bundles", town.now)
    folder = outgoing.seal_folder(town.db, package, intent, home / "outgoing", town.now)
    where = f"outgoing/{folder.name}"
    outgoing.settle_ready(town.db, town.engine(), reference, where, package.digest)
    return folder


def lying(home):
    """Everything under `outgoing`, half things too, with when it was written."""
    files = sorted((home / "outgoing").rglob("*"))
    return {str(each.relative_to(home)): each.stat().st_mtime_ns for each in files}


def test_the_folder_is_laid_ready_and_the_liaison_records_the_receipt(both, quick):
    reference = approved(both)
    folder = go(both, reference, quick)
    row = both.referral(reference)
    assert (row.state, row.intended_at) == (ReferralState.APPROVED, None)
    assert row.unsent_because.startswith(f"The sealed folder is ready: outgoing/{row.reference}.")
    assert READY in row.unsent_because and row.bundle_digest is None
    assert both.row(reference).waiting_name == "Waiting for sending decision"
    names = sorted(each.name for each in folder.iterdir())
    assert names == [f"{row.reference}.zip", "SHA256SUMS", "receipt.pdf"]
    subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=folder, check=True)
    assert go(both, reference, quick) is None, "no run sends it before the liaison has decided"
    liaison(both, sending.record_sent, reference, number="Receipt 12")
    row = both.referral(reference)
    assert row.bundle_digest == row.packed_digest and row.agency_number == "Receipt 12"
    assert both.stage(reference) is Stage.REFERRED
    bundles = [each.get("bundle") for each in told_in(both, row.reference)]
    assert [each for each in bundles if each] == [row.bundle_digest] * 2


def test_the_receipt_sheet_names_referral_agency_and_digest(on_sqlite, quick):
    town = on_sqlite
    reference = approved(town)
    folder = go(town, reference, quick)
    row = town.referral(reference)
    told = ["pdftotext", "-raw", folder / "receipt.pdf", "-"]
    text = subprocess.run(told, capture_output=True, text=True, check=True).stdout
    digest = row.packed_digest.removeprefix("sha256:")
    assert "密封文件夹回执" in text and "签名或盖章" in text and "Luohu police" in text
    assert row.reference in text and digest in text.replace("\n", "")
    for name in ("Liaison", "Approver", "Expert"):
        assert name not in text


def test_the_same_again_finds_the_folder(on_sqlite, quick):
    town = on_sqlite
    reference = approved(town)
    go(town, reference, quick)
    before = lying(quick)
    liaison(town, sending.send_again, reference)
    town.later(days=2)
    go(town, reference, quick)
    assert lying(quick) == before
    assert READY in town.referral(reference).unsent_because


def test_two_runs_at_once_lay_one_package_ready(on_sqlite, quick, monkeypatch):
    """One lost its lease while it packed, and another took over: both bring the same."""
    town, reference = on_sqlite, approved(on_sqlite)
    intent = sending.intend_sending(town.db, town.engine(), reference)
    made, write, lay = [], dossiers._write, outgoing._lay

    def overtaken(*arguments):
        if not made:
            made.append(arguments)
            town.later(minutes=1)
            made.append(dossiers.write_referral(*packing[:-1], town.now))
        return write(*arguments)

    packing = (town.db, town.vault, intent, quick / "bundles", town.now)
    monkeypatch.setattr(dossiers, "_write", overtaken)
    package = dossiers.write_referral(*packing)
    assert package == made[1], "the first one's stays"
    assert [each.name for each in (quick / "bundles").iterdir()] == [package.path.name]
    sealing = (town.db, package, intent, quick / "outgoing", town.now)

    def late(aside, target):
        monkeypatch.setattr(outgoing, "_lay", lay)
        aside = aside.rename(aside.with_name("mine"))
        outgoing.seal_folder(*sealing)
        lay(aside, target)

    monkeypatch.setattr(outgoing, "_lay", late)
    folder = outgoing.seal_folder(*sealing)
    assert [each.name for each in folder.parent.iterdir()] == [intent.reference]


@pytest.mark.parametrize("file", ["RF", "SHA256SUMS"])
def test_a_folder_that_somebody_changed_is_not_handed_over(on_sqlite, quick, file):
    town = on_sqlite
    reference = approved(town)
    folder = go(town, reference, quick)
    (changed,) = folder.glob(f"{file}*")
    changed.write_bytes(b"another")
    liaison(town, sending.send_again, reference)
    with pytest.raises(Refused, match="not as it was written"):
        go(town, reference, quick)


def test_a_withdrawn_folder_is_sent_by_nobody(on_sqlite, quick):
    town = on_sqlite
    reference = approved(town)
    go(town, reference, quick)
    liaison(town, answering.withdraw, reference, reason="Not this week.")
    assert town.referral(reference) is None and go(town, reference, quick) is None


STEPS = (
    "casework.mails.outgoing.shutil.copyfile",
    "casework.mails.outgoing._sheet",
    "casework.mails.outgoing.digest_of_file",
    "casework.mails.outgoing.sync",
    "pathlib.Path.rename",
    "casework.mails.outgoing._as_written",
    "casework.mails.outgoing.settle_ready",
    "casework.mails.outgoing.take_back",
    "casework.referring.sending.wait_all",
)


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_at_any_step_leaves_nothing_half_and_the_next_run_ends_it(
    both, quick, monkeypatch, step
):
    reference = approved(both)
    with monkeypatch.context() as broken, pytest.raises(BrokenOffError):
        broken.setattr(step, _dies)
        go(both, reference, quick)
    row = both.referral(reference)
    assert row.state is ReferralState.APPROVED and row.intended_at is not None
    assert row.packed_digest is None and row.unsent_because is None
    with both.refuses("being sent"):
        liaison(both, answering.withdraw, reference, reason="Not this week.")
    made = quick / "outgoing" / row.reference
    before = lying(quick) if made.exists() else None
    both.later(minutes=5)
    folder = go(both, reference, quick)
    assert sorted(each.name for each in (quick / "outgoing").iterdir()) == [row.reference]
    if before is not None:
        assert lying(quick) == before, "a folder that was whole is not written twice"
    subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=folder, check=True)
    said = [each for each in told_in(both, row.reference) if each["what"] == "packed"]
    assert len(said) == 1 and json.dumps(said).count("sha256:") == 1
    liaison(both, sending.record_sent, reference, number="Receipt 12")
    assert both.stage(reference) is Stage.REFERRED


def test_a_killed_process_leaves_a_folder_that_the_next_run_clears_away(on_sqlite, quick):
    """A process that is killed runs no cleaning up of its own."""
    town = on_sqlite
    reference = approved(town)
    name = town.referral(reference).reference
    left = quick / "outgoing" / f".{name}-left"
    left.mkdir(parents=True)
    (left / f"{name}.zip").write_bytes(b"half")
    go(town, reference, quick)
    assert [each.name for each in (quick / "outgoing").iterdir()] == [name]


def test_what_lies_ready_of_a_withdrawn_referral_is_taken_away_and_nothing_else(both, quick):
    town = both
    reference = approved(town)
    folder = go(town, reference, quick)
    name, home = town.referral(reference).reference, quick / "outgoing"
    others = [home / each for each in ("RF-2026-000999", f".{name}-left", f"{name}-00ff.p7m")]
    others[0].mkdir()
    others[1].mkdir()
    others[2].write_bytes(b"sealed for the agency")

    def clear():
        return outgoing.clear_withdrawn(town.db, town.engine(), home)

    assert clear() == 0 and folder.is_dir()
    answering.withdraw(
        town.db, town.act(Role.LIAISON), name, version=town.referral(reference).version,
        reason="Another station has it.",
    )  # fmt: skip
    assert clear() == 1
    assert list(home.iterdir()) == [others[0]]
    assert clear() == 0
    told = [each.body for each in town.ledger(name)]
    assert sum(b"taken out of outgoing" in each for each in told) == 1
    assert outgoing.clear_withdrawn(town.db, town.engine(), home / "nowhere") == 0


@pytest.mark.parametrize(
    ("step", "whole"),
    [
        ("casework.mails.outgoing.ledger.append", True),
        ("casework.mails.outgoing.tempfile.mkdtemp", True),
        ("pathlib.Path.rename", True),
        ("casework.mails.outgoing.shutil.rmtree", False),
        ("pathlib.Path.unlink", False),
    ],
)
def test_taking_away_goes_on_where_a_process_died_and_is_told_once(
    both, quick, monkeypatch, step, whole
):
    """Each line that may be a process's last: what is left goes next time, under the one word."""
    town = both
    reference = approved(town)
    go(town, reference, quick)
    name, home = town.referral(reference).reference, quick / "outgoing"
    (home / f"{name}-00ff.p7m").write_bytes(b"sealed for the agency")
    answering.withdraw(
        town.db, town.act(Role.LIAISON), name, version=town.referral(reference).version,
        reason="Another station has it.",
    )  # fmt: skip
    with monkeypatch.context() as died:
        died.setattr(step, _dies)
        for _ in range(2):
            with pytest.raises(BrokenOffError):
                outgoing.clear_withdrawn(town.db, town.engine(), home)
    assert (home / name).is_dir() is whole, "half a folder has no name of its own"
    assert outgoing.clear_withdrawn(town.db, town.engine(), home) == 1
    assert list(home.iterdir()) == []
    told = [each["what"] for each in told_in(town, name)]
    assert told.count("taken out of outgoing") == 1


def test_what_began_over_the_interface_goes_no_other_way(both, quick):
    """A change of the agency's record while nobody knows must not deliver it by two ways."""
    reference = approved_by_interface = both.refer()
    both.approve_referral(approved_by_interface)
    assert sending.intend_sending(both.db, both.engine(), reference).way is Delivery.INTERFACE
    choose(both, Delivery.FOLDER)
    again = sending.intend_sending(both.db, both.engine(), reference)
    assert (again.fresh, again.way) == (False, Delivery.INTERFACE)
    sending.put_off_sending(both.db, both.engine(), reference, fresh=True)
    fresh = sending.intend_sending(both.db, both.engine(), reference)
    assert (fresh.fresh, fresh.way) == (True, Delivery.FOLDER), "it surely reached nobody"


def test_a_folder_laid_ready_after_the_liaisons_word_changes_nothing(on_sqlite, quick):
    town = on_sqlite
    reference = approved(town)
    intent = sending.intend_sending(town.db, town.engine(), reference)
    liaison(town, sending.record_sent, reference, number="By courier")
    before = town.referral(reference)
    outgoing.settle_ready(town.db, town.engine(), reference, "outgoing/x", "sha256:0")
    assert intent and town.referral(reference) == before
    with town.refuses("no decision"):
        liaison(town, sending.send_again, reference)


def _dies(*_args, **_named):
    raise BrokenOffError
