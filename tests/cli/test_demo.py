"""The demonstration, run once as a newcomer runs it, and looked at from outside."""

import email
import email.policy
import json
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import bagit
import pytest

from evidence.digests import digest_of_file
from rules.delivery import Delivery
from rules.lifecycle import Move
from rules.sanctions import SanctionKind, SanctionState
from rules.shots import FULL, missing
from storage import ledger
from storage.rows import every
from storage.session import Database
from storage.tables import (
    Agency,
    Category,
    Exhibit,
    Flag,
    FollowUp,
    Lead,
    LotSample,
    Operator,
    Photo,
    Raid,
    Referral,
    RequestedVia,
    Route,
    Sanction,
    SanctionAppeal,
    SanctionNotice,
    Shop,
    TestBuy,
    Waiver,
)

pytestmark = pytest.mark.long

PROJECT = Path(__file__).parents[2]
SECONDS = 1800

ENDINGS = (
    ("Crystal Time Flagship", "Swarovski", "accepted", "counterfeit"),
    ("Brilliant Gifts Corner", "Swarovski", "accepted", "counterfeit"),
    ("Fleetfoot Outlet", "Nordlauf", "accepted", "counterfeit"),
    ("Pearl River Boutique", "Tindra", "held", "counterfeit"),
    ("Northern Steps", "Tindra", "closed", "counterfeit"),
    ("Harbour Sneakers", "Skarv", "cleared", "genuine"),
    ("Golden Hour Watches", "Halvard", "declined_by_agency", "counterfeit"),
    ("Happy Paws Store", "Royal Canin", "accepted", "genuine_packaging_counterfeit_contents"),
    ("Lane & Lantern Jewels", "Orvelle", "accepted", "counterfeit"),
    ("Clear Sky Time", "Nordlauf", "awaiting_agency", "counterfeit"),
    ("Moonlight Trading", "Swarovski", "cleared", "genuine"),
    ("Little Tiger Imports", "Orvelle", "grey_market", "grey_market"),
)
EARLY = (
    "declined",
    "listing_gone",
    "payment_refused",
    "lost_in_transit",
    "wrong_parcel",
    "empty_parcel",
    "buyer_withdrew",
    "budget_withdrawn",
)


class Played(NamedTuple):
    story: list[dict]
    room: dict
    ledgers: dict
    out: Path
    said: str
    home: Path


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    home, out = folder / "home", folder / "out"
    command = [sys.executable, "-m", "cli.main", "demo", "--exit"]
    done = subprocess.run(
        [*command, "--out", str(out), "--home", str(home)],
        cwd=PROJECT,
        env={**os.environ, "TESTBUY_TRACE": "1"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    diary = home / "logs" / "people.log"
    told = diary.read_text("utf-8")[-3000:] if diary.exists() else ""
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-3000:]}\n{told}"
    names = ("story", "control_room", "ledgers")
    read = [json.loads((out / f"{name}.json").read_text("utf-8")) for name in names]
    return Played(*read, out, done.stdout, home)


def moves(entry):
    return [each["move"] for each in entry["moves"]]


# The whole programme is played in the fixture, inside the first test's time.
@pytest.mark.timeout(SECONDS + 60)
def test_every_ending_of_the_protocol_is_told(played):
    told = {
        (entry["shop"], entry["brand"], entry["outcome"], entry["conclusion"])
        for entry in played.story
    }
    assert set(ENDINGS) <= told, set(ENDINGS) - told
    ended = Counter(entry["outcome"] for entry in played.story)
    assert all(ended[outcome] for outcome in EARLY), ended
    assert len(played.story) >= 18


def test_an_entry_has_exactly_the_fields_that_are_promised(played):
    for entry in played.story:
        assert set(entry) == {
            "reference",
            "shop",
            "operator",
            "brand",
            "stage",
            "outcome",
            "conclusion",
            "moves",
            "order_attempts",
            "referral",
            "seizures",
            "claims",
            "flow_runs",
        }
        assert all(set(each) == {"move", "at", "by_role"} for each in entry["moves"])
        if entry["referral"] is not None:
            assert set(entry["referral"]) == {"reference", "agency", "state"}


def test_the_ways_differ_where_the_stories_do(played):
    by_shop = {(entry["shop"], entry["brand"]): entry for entry in played.story}
    asked = by_shop["Lane & Lantern Jewels", "Orvelle"]
    assert moves(asked).count("ask_photo") == 1 and moves(asked).count("submit") == 2
    again = by_shop["Clear Sky Time", "Nordlauf"]
    assert (moves(again).count("order_again"), again["order_attempts"]) == (1, 2)
    twice = by_shop["Northern Steps", "Tindra"]
    assert [each["by_role"] for each in twice["moves"] if each["move"] == "judge_again"] == [
        "programme"
    ]
    superseded = by_shop["Harbour Sneakers", "Skarv"]
    assert [each["by_role"] for each in superseded["moves"] if each["move"] == "judge_again"] == [
        "analyst"
    ]
    late = by_shop["Pearl River Boutique", "Tindra"]
    sent = [each for each in played.room["overdue"] if each["reference"] == late["reference"]]
    assert {(each["what"], each["to_role"]) for each in sent} == {
        ("reminded", "authenticator"),
        ("escalated", "analyst"),
    }


def _ledger(played, subject):
    """What happened to a subject, in order, as its chain tells it."""
    with closing(Database.in_folder(played.home)) as db, db.read() as tx:
        return [json.loads(entry.body)["facts"] for entry in ledger.chain(tx, subject)]


def _rows(played, table):
    with closing(Database.in_folder(played.home)) as db, db.read() as tx:
        return every(tx, table)


def _at(facts, what):
    return next(number for number, fact in enumerate(facts) if fact["what"] == what)


def test_what_was_below_the_threshold_was_held_and_then_taken(played):
    (taken,) = (entry for entry in played.story if entry["shop"] == "Fleetfoot Outlet")
    (other,) = (entry for entry in played.story if entry["shop"] == "Fleetfoot Two")
    facts = _ledger(played, taken["reference"])
    assert _at(facts, "held") < _at(facts, "taken into a referral") < _at(facts, "refer")
    judged = [each["at"] for each in taken["moves"] if each["move"] == "judge"]
    assert judged[0] < other["moves"][0]["at"], "the later referral was begun after it was held"
    assert taken["referral"] == other["referral"]


def test_a_referral_was_acknowledged_before_it_was_decided(played):
    decided = {
        entry["referral"]["reference"]
        for entry in played.story
        if entry["outcome"] in ("accepted", "declined_by_agency")
    }
    assert len(decided) >= 5
    for reference in decided:
        steps = [fact["to"] for fact in _ledger(played, reference) if "to" in fact]
        at = steps.index("acknowledged")
        assert steps[at - 1] == "sent" and steps[at + 1] in ("accepted", "declined"), reference


def test_some_are_launched_through_prefects_form(played):
    via = {row.reference: row.requested_via for row in _rows(played, TestBuy)}
    launched = {
        (entry["shop"], entry["brand"], entry["moves"][0]["by_role"])
        for entry in played.story
        if via[entry["reference"]] is RequestedVia.CONTROL_ROOM
    }
    assert launched == {
        ("Brilliant Gifts Corner", "Swarovski", "programme"),
        ("Happy Paws Store", "Royal Canin", "programme"),
        ("Little Tiger Imports", "Orvelle", "programme"),
    }


def test_two_went_the_whole_way_of_the_full_shot_list(played):
    waived = {(row.testbuy_id, row.shot) for row in _rows(played, Waiver)}
    accepted = {(row.testbuy_id, row.shot) for row in _rows(played, Photo) if row.accepted}
    whole = [
        row.reference
        for row in _rows(played, TestBuy)
        if not any(
            missing(
                FULL,
                {shot for testbuy, shot in accepted if testbuy == row.id},
                move,
                by_interface=row.route is Route.INTERFACE,
                travels=False,
                waived={shot for testbuy, shot in waived if testbuy == row.id},
            )
            for move in (Move.PLACE_ORDER, Move.RECEIVE, Move.DOCUMENT, Move.SUBMIT)
        )
    ]
    shops = [entry["shop"] for entry in played.story if entry["reference"] in whole]
    assert sorted(shops) == ["Lane & Lantern Jewels", "Moonlight Trading"]


def test_categories_ask_for_shots_of_their_own(played):
    accepted = {(row.testbuy_id, row.shot) for row in _rows(played, Photo) if row.accepted}
    known = {row.id: row.name for row in _rows(played, Category)}
    for row in _rows(played, TestBuy):
        own = {"watches": "I06", "pet food": "U51"}.get(known[row.category_id])
        if own and (row.id, "B02") in accepted:
            assert row.shot_list_version > 1 and (row.id, own) in accepted, row.reference
    assert {"I06", "U51"} <= {shot for _, shot in accepted}


def test_one_serial_in_two_shops_is_a_lead_for_the_analysts(played):
    leads = _rows(played, Lead)
    assert leads and all(lead.state == "open" for lead in leads)
    exhibits = {row.id: row.testbuy_id for row in _rows(played, Exhibit)}
    testbuys = {row.id: row.shop_id for row in _rows(played, TestBuy)}
    for lead in leads:
        sides = {testbuys[exhibits[each]] for each in (lead.exhibit_id, lead.other_id)}
        assert len(sides) == 2


def test_the_watch_case_rests_on_links_an_analyst_made(played):
    done = [
        (fact["what"], fact["by"].split(":")[0])
        for fact in _ledger(played, "OP-0001")
        if fact["what"] in ("operator opened", "shop linked", "operator merged", "shops split off")
    ]
    assert done == [
        ("operator opened", "analyst"),
        ("shop linked", "analyst"),
        ("shop linked", "analyst"),
    ]
    (operator,) = [row for row in _rows(played, Operator) if row.reference == "OP-0001"]
    assert operator.name == "Liu"
    links = {
        row.name: row.link_basis for row in _rows(played, Shop) if row.operator_id == operator.id
    }
    assert links.keys() == {"Crystal Time Flagship", "Brilliant Gifts Corner"}
    assert "phone number" in links["Brilliant Gifts Corner"]


def test_it_says_how_long_it_took(played):
    """The figure is for whoever looks on; a machine that runs tests beside it proves no time."""
    assert re.search(r"24 test buys in \d+ s\.", played.said)


def test_operators_of_two_shops_are_referred_once_for_both(played):
    for operator in ("Liu", "Operator of Fleetfoot Outlet"):
        mine = _of(played, operator)
        assert len({entry["shop"] for entry in mine}) == 2
        assert len({entry["referral"]["reference"] for entry in mine}) == 1
    assert _of(played, "Liu")[0]["referral"]["agency"] == "Police of Luohu District"


def _of(played, operator):
    """The entries whose shop is this operator's."""
    return [
        entry
        for entry in played.story
        if entry["operator"] is not None and entry["operator"]["name"] == operator
    ]


def test_the_watch_case_is_told_to_its_end(played):
    entries = _of(played, "Liu")
    assert len(entries) == 2
    for entry in entries:
        assert entry["operator"] == {
            "name": "Liu",
            "reference": "OP-0001",
            "shops": ["Crystal Time Flagship", "Brilliant Gifts Corner"],
        }
        said = [
            (each["source"], each["kind"], each["precision"], each["quantity"])
            for each in entry["seizures"]
        ]
        assert said == [
            ("Seizure list 0810", "goods", "exactly", 125),
            ("Seizure list 0810", "seal", "exactly", 2),
            ("Shenzhen evening paper", "goods", "over", 125),
        ]
        assert entry["seizures"][0]["value"] == {"minor": 200_000_000, "currency": "CNY"}
        assert entry["seizures"][0]["basis"] == "estimate"
        assert [each["value"] for each in entry["seizures"][1:]] == [None, None]
        (claim,) = entry["claims"]
        assert claim["court"] == "Longgang District People's Court"
        assert claim["causes"] == ["breach of the no-fakes clause", "loss of goodwill"]
        assert (claim["claimed_minor"], claim["currency"]) == (140_000_000, "CNY")
        assert (claim["awarded_minor"], claim["state"]) == (40_000_000, "recovered")
        assert claim["allocated"] == [
            {
                "to": "consumer_fund",
                "said": "Consumer protection fund",
                "amount_minor": 40_000_000,
            }
        ]


def test_the_raid_led_to_a_second_seller_who_can_be_bought_from(played):
    (raid,) = _rows(played, Raid)
    assert raid.state == "carried_out"
    (liu,) = [row for row in _rows(played, Operator) if row.name == "Liu"]
    (second,) = [row for row in _rows(played, Operator) if row.name == "Huang"]
    assert raid.operator_id == liu.id
    (shop,) = [row for row in _rows(played, Shop) if row.operator_id == second.id]
    assert shop.name == "Starlight Hour"
    (flag,) = [row for row in _rows(played, Flag) if row.shop_id == shop.id]
    assert flag.source == raid.reference
    (sample,) = _rows(played, LotSample)
    # 125, 25 examined and all fake: at least 90 % (domain: section 8), which is 113 pieces.
    assert (sample.lot, sample.examined, sample.fake) == (125, 25, 25)
    assert sample.least >= 113


def test_the_police_went_on_with_what_they_accepted(played):
    """The source case ends with a criminal file; another is followed to its sentence."""
    ended = {
        entry["operator"]["name"]: entry["referral"]["state"]
        for entry in played.story
        if entry["referral"]
    }
    assert ended["Liu"] == "filed"
    assert ended["Operator of Lane & Lantern Jewels"] == "sentenced"
    (referral,) = {entry["referral"]["reference"] for entry in _of(played, "Liu")}
    steps = [fact["move"] for fact in _ledger(played, referral) if fact["what"] == "step"]
    assert steps == ["acknowledge", "accept", "plan", "raid", "file"]
    (other,) = (
        entry["referral"]["reference"]
        for entry in played.story
        if entry["shop"] == "Lane & Lantern Jewels"
    )
    steps = [fact["move"] for fact in _ledger(played, other) if fact["what"] == "step"]
    assert steps == ["send", "acknowledge", "accept", "file", "indict", "sentence"]


def test_a_shop_was_closed_and_a_third_person_heard_its_seller(played):
    (sanction,) = _rows(played, Sanction)
    (appeal,) = _rows(played, SanctionAppeal)
    assert (sanction.kind, sanction.state) == (SanctionKind.SHOP_CLOSED, SanctionState.UPHELD)
    assert len({sanction.proposed_by, sanction.decided_by, appeal.decided_by}) == 3
    assert appeal.lifted is False
    done = [fact["what"] for fact in _ledger(played, sanction.reference)]
    order = ["propose", "decide", "notify", "enforce", "appeal", "uphold"]
    assert [each for each in done if each in order] == order
    given = {notice.language for notice in _rows(played, SanctionNotice)}
    assert given == {"en", "zh"}
    (shop,) = (row for row in _rows(played, Shop) if row.closed_at)
    assert (shop.id, shop.name) == (sanction.shop_id, "Fleetfoot Outlet")


def test_what_the_operator_sold_after_the_closure_is_tied_to_the_first_buy(played):
    (tie,) = _rows(played, FollowUp)
    (sanction,) = _rows(played, Sanction)
    by_number = {row.id: row.reference for row in _rows(played, TestBuy)}
    by_shop = {entry["shop"]: entry["reference"] for entry in played.story}
    assert by_number[tie.testbuy_id] == by_shop["Fleetfoot Two"]
    assert by_number[tie.first_id] == by_shop["Fleetfoot Outlet"]
    assert tie.sanction_id == sanction.id and tie.launched_at > sanction.in_force_at


def test_each_agency_took_its_referrals_by_its_own_way(played, tmp_path):
    agencies = {row.id: row for row in _rows(played, Agency)}
    assert {row.name: row.delivery for row in agencies.values()} == {
        "Police of Luohu District": Delivery.INTERFACE,
        "Police of Harrow Vale": Delivery.FOLDER,
        "Police of Altenbruck": Delivery.MAIL,
    }
    ways = {agencies[row.agency_id].delivery: row for row in _rows(played, Referral)}
    assert all(row.sent_at for row in ways.values()) and len(ways) == 3
    folder = played.out / "outgoing" / ways[Delivery.FOLDER].reference
    sums = ["sha256sum", "-c", "SHA256SUMS"]
    said = subprocess.run(sums, cwd=folder, capture_output=True, text=True)
    assert said.returncode == 0 and said.stdout.count(": OK") == 2, said.stdout
    sheet = ["pdftotext", "-layout", "receipt.pdf", "-"]
    read = subprocess.run(sheet, cwd=folder, capture_output=True, text=True, check=True).stdout
    assert ways[Delivery.FOLDER].reference in read and "Police of Harrow Vale" in read
    mailed = ways[Delivery.MAIL]
    letters = [
        letter
        for file in sorted(played.out.glob("mails/*.eml"))
        for letter in [email.message_from_bytes(file.read_bytes(), policy=email.policy.default)]
        if mailed.reference in letter["Subject"]
    ]
    (letter,) = letters
    assert "intake@police.altenbruck.example" in letter["To"]
    (closed,) = letter.iter_attachments()
    (tmp_path / "package.p7m").write_bytes(closed.get_content())
    outside = played.home / "outside"
    asked = ["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", "package.p7m"]
    key = ["-recip", outside / "police-by-mail.pem", "-inkey", outside / "police-by-mail-key.pem"]
    subprocess.run([*asked, *key, "-out", "package.zip"], cwd=tmp_path, check=True)
    assert digest_of_file(tmp_path / "package.zip") == mailed.bundle_digest


def test_food_whose_bag_is_genuine_led_to_a_small_award(played):
    (entry,) = [
        each
        for each in played.story
        if each["conclusion"] == "genuine_packaging_counterfeit_contents"
    ]
    assert entry["shop"] == "Happy Paws Store"
    (claim,) = entry["claims"]
    assert (claim["claimed_minor"], claim["awarded_minor"]) == (267_000_000, 12_000_000)
    assert claim["court"] == "Fengxian District People's Court"
    assert entry["seizures"] == []


def test_nothing_was_bought_or_sent_twice(played):
    ledger = played.ledgers["marketplace"]
    tried = [line for line in ledger if line["did"] in ("order", "refusal") and line["attempt"]]
    assert len(tried) == sum(entry["order_attempts"] for entry in played.story)
    assert max(Counter(line["key"] for line in tried).values()) == 1
    sent = Counter(line["reference"] for line in played.ledgers["agency"])
    assert sent == dict.fromkeys(
        {
            entry["referral"]["reference"]
            for entry in played.story
            if entry["referral"] and entry["referral"]["agency"] == "Police of Luohu District"
        },
        1,
    )


def test_the_control_room_lists_each_test_buy_once_under_its_wait(played):
    runs = played.room["runs"]
    assert {each["reference"] for each in runs if each["reference"]} == {
        entry["reference"] for entry in played.story
    }
    assert all(each["listed"] == each["expected"] for each in runs)
    waits = {each["state"] for each in runs}
    assert {"Held", "Waiting for verdict", "Waiting for approval", "Waiting for order"} <= waits


def test_each_test_buy_leaves_a_dossier_and_a_bundle_that_verifies_itself(played, tmp_path):
    roots = played.home / "keys" / "timestamp-roots.pem"
    for entry in played.story:
        reference = entry["reference"]
        pdf = (played.out / "dossiers" / f"{reference}.pdf").read_bytes()
        assert pdf.startswith(b"%PDF-") and b"%%EOF" in pdf[-64:]
        bundle = played.out / "bundles" / f"{reference}.zip"
        with zipfile.ZipFile(bundle) as packed:
            name = next(name for name in packed.namelist() if name.endswith("/verify.py"))
            verifier = tmp_path / f"{reference}.py"
            verifier.write_bytes(packed.read(name))
        checked = subprocess.run(
            [sys.executable, "-I", verifier, bundle, "--tsa-ca", roots, "--lang", "en"],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert checked.returncode == 0, checked.stdout
        assert "The anchors' proofs hold: 1 proofs; roots sha256:" in checked.stdout


def test_it_ends_without_leaving_a_process_behind(played):
    assert json.loads((played.home / "processes.json").read_text("utf-8")) == []
    mine = re.compile(re.escape(str(played.home)))
    left = [
        path
        for path in Path("/proc").glob("[0-9]*/environ")
        if path.parent.name != str(os.getpid()) and mine.search(_text(path))
    ]
    assert left == []
    assert "http://127.0.0.1" in played.said and "/link/" in played.said


def _text(path):
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


def test_stock_tools_accept_every_bundle_and_dossier(played, tmp_path):
    """With the certificates as the demonstration's operator has them."""
    roots = played.home / "keys" / "timestamp-roots.pem"
    bundles = [*played.out.glob("bundles/*.zip"), *played.out.glob("referrals/*.zip")]
    assert {each.parent.name for each in bundles} == {"bundles", "referrals"}
    for bundle in bundles:
        folder = tmp_path / bundle.stem
        with zipfile.ZipFile(bundle) as archive:
            archive.extractall(folder)
        (bag,) = folder.iterdir()
        seals, signed = bag / "signatures", bag / "tagmanifest-sha256.txt"
        signature, stamp = (seals / f"{signed.name}.{ending}" for ending in ("p7s", "tsr"))
        judged = {
            "CMS Verification successful": ["cms", "-verify", "-binary", "-inform", "DER", "-in",
                signature, "-content", signed, "-CAfile", seals / "signer.pem", "-purpose", "any",
                "-out", "/dev/null"],
            "Verification: OK": ["ts", "-verify", "-data", signed, "-in", stamp, "-CAfile", roots],
        }  # fmt: skip
        for verdict, words in judged.items():
            said = subprocess.run(["openssl", *words], capture_output=True, text=True)
            assert verdict in said.stdout + said.stderr, (bundle.name, said.stderr)
        for judge in ("sha256", "sha512"):
            command = [f"{judge}sum", "--quiet", "-c", f"manifest-{judge}.txt"]
            said = subprocess.run(command, cwd=bag, capture_output=True, text=True)
            assert said.returncode == 0, (bundle.name, said.stdout)
        assert bagit.Bag(str(bag)).validate()
        assert "DEMONSTRATION ONLY" in (seals / "NOTICE.txt").read_text()
        pdf = bag / "data" / "dossier.pdf"
        said = subprocess.run(["pdfsig", "-nocert", pdf], capture_output=True, text=True).stdout
        assert "Signature is Valid" in said, (bundle.name, said)
        assert "Total document signed" in said
        checked = subprocess.run(["qpdf", "--check", pdf], capture_output=True, text=True)
        assert checked.returncode == 0, (bundle.name, checked.stderr)


def test_the_police_open_the_inner_bag_with_their_own_key(played, tmp_path):
    """By openssl, unzip and sha256sum: the originals that identify the buyer, and nobody else's."""
    outside = played.home / "outside"
    sealed = []
    for package in sorted((played.out / "referrals").glob("*.zip")):
        with zipfile.ZipFile(package) as archive:
            name = next((each for each in archive.namelist() if each.endswith("bag.p7m")), None)
            facts = json.loads(archive.read(f"{package.stem}/data/testbuy.json"))
            assert (facts["level"] == "full") == (name is not None), facts["level_because"]
            if name is not None:
                sealed.append((facts["operator"], archive.read(name)))
    ((operator, closed),) = sealed
    assert operator == "Liu"
    (tmp_path / "bag.p7m").write_bytes(closed)
    asked = ["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", "bag.p7m"]
    key = ["-recip", outside / "police.pem", "-inkey", outside / "police-key.pem"]
    subprocess.run([*asked, *key, "-out", "bag.zip"], cwd=tmp_path, check=True)
    with zipfile.ZipFile(tmp_path / "bag.zip") as archive:
        archive.extractall(tmp_path)
    judged = ["sha256sum", "-c", "manifest-sha256.txt"]
    said = subprocess.run(judged, cwd=tmp_path, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout
    assert "R02" in said.stdout and "P07" in said.stdout, "label and payment are originals"


def test_everything_the_demonstration_kept_verifies(played):
    command = [sys.executable, "-m", "cli.main", "verify", "--all", "--home", str(played.home)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
