"""Whatever anybody tries, in whatever order: row, records and ledger tell one story."""

import contextlib
import itertools
import json
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from casework.act import Act
from casework.buying import buying, ending, ordering, requesting
from casework.clock import leases
from casework.custody import storing
from casework.custody.custody import NewExhibit
from casework.errors import Refused
from casework.examinations import examining
from casework.intake import photographing, receiving
from casework.referring import answering, sending
from casework.verdicts import judging
from evidence import ledger as chains
from evidence.vault import Vault
from rules.lifecycle import ENDS, WAY, EarlyEnd, Move, Stage, rule_for
from rules.money import Money
from rules.referral import ReferralState
from rules.roles import Role
from rules.verdicts import Verdict
from storage import ledger
from storage.session import Database
from storage.tables import (
    AttemptState,
    Examination,
    ExaminationState,
    Exhibit,
    MoveRecord,
    OrderAttempt,
    Route,
    Wakeup,
)
from tests.casework import packaged
from tests.casework.programme_in import FINDINGS, STEPS, TESTIMONY, Programme, picture
from tests.conftest import roomy_memory

ROLES = st.sampled_from([role for role in Role if role is not Role.ADMINISTRATOR])


def who(right: Role):
    """The role whose turn it is, every other time; else anybody's."""
    return st.one_of(st.just(right), ROLES)


EXPERTS = st.sampled_from(["expert", "other expert", "third expert", "cat expert"])
LAST = WAY.index(Stage.JUDGED)
LIVE = set(AttemptState) - {AttemptState.REFUSED, AttemptState.DEAD}


@pytest.fixture(scope="module")
def machine(built_file):
    """The machine, starting from the programme as it was built."""
    file, people = built_file

    class OneTestBuy(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.folder = tempfile.TemporaryDirectory(dir=roomy_memory())
            home = Path(self.folder.name)
            shutil.copyfile(file, home / "testbuy.db")
            self.town = Programme(Database.in_folder(home), Vault(home / "vault"))
            self.town.people, self.town.waives = dict(people), True
            self.reference = None
            self.hold = None
            self.photos = itertools.count()

        def teardown(self):
            with contextlib.closing(self.town.db):
                self.folder.cleanup()

        # Who acts

        def by(self, role):
            """The usual person of a role; the test buy's own buyer; the engine, with its lease."""
            if role is Role.BUYER:
                row = self.town.row(self.reference)
                if row.buyer_id is not None:
                    return self.town.buyer(self.reference)
            if role is Role.PROGRAMME:
                return self.town.engine(hold=self.hold)
            known = {Role.COUNSEL: "auditor", Role.ENGINEER: "auditor", Role.BUYER: "Bao Yun"}
            return self.town.act(role, known.get(role))

        def attempt(self, change, *arguments, **options):
            """A change, made or refused; anything else it raises is a defect."""
            try:
                return change(self.town.db, *arguments, **options)
            except Refused as refused:
                assert refused.reasons
                return None

        @property
        def version(self):
            return self.town.version(self.reference)

        # What may be tried

        @initialize(
            route=st.sampled_from(Route),
            known=st.booleans(),
            rich=st.booleans(),
            start=st.sampled_from(WAY[: LAST + 1][::-1]),
            verdict=st.sampled_from(Verdict),
        )
        def request(self, route, known, rich, start, verdict):
            if rich:
                self.town.record_sales(1)
            act = None if known or start is not Stage.REQUESTED else self.town.engine()
            self.reference = self.town.request(route=route, act=act)
            self.town.carry_on(self.reference, start, verdict)

        @rule(role=who(Role.APPROVER), yes=st.booleans())
        def authorise(self, role, yes):
            act, version = self.by(role), self.version
            if act.person is None:
                return
            if yes:
                self.attempt(requesting.approve, act, self.reference, version=version)
            else:
                self.attempt(requesting.decline, act, self.reference, version=version, reason="No")

        @rule(role=who(Role.ANALYST))
        def adopt(self, role):
            self.attempt(requesting.adopt, self.by(role), self.reference, version=self.version)

        @rule(role=who(Role.BUYER), on_hand=st.booleans())
        def order(self, role, on_hand):
            row = self.town.row(self.reference)
            if row.route is Route.INTERFACE and not on_hand:
                intent = self.attempt(ordering.intend_order, self.by(Role.PROGRAMME), row.reference)
                if intent:
                    self.attempt(
                        ordering.settle_placed,
                        self.by(Role.PROGRAMME),
                        row.reference,
                        intent.attempt_id,
                        "M-1",
                        Money(9_000, "CNY"),
                    )
                return
            self.waive("P01", "P05", "P07")
            self.attempt(
                buying.record_order,
                self.by(role),
                row.reference,
                version=row.version,
                order_number="M-2",
                paid_minor=9_000,
                currency="CNY",
                carrier="SF",
                tracking_number="SF1",
            )

        @rule(
            how=st.sampled_from(["unknown", "refused", "none", "found", "shipped meanwhile"]),
            role=who(Role.ANALYST),
        )
        def unsure(self, how, role):
            attempts = self.town.of(OrderAttempt, self.reference)
            if not attempts:
                return
            engine, last = self.by(Role.PROGRAMME), attempts[-1].id
            if how == "unknown":
                self.attempt(ordering.settle_unknown, engine, self.reference, last)
            elif how == "refused":
                why = EarlyEnd.PAYMENT_REFUSED
                self.attempt(ordering.settle_refused, engine, self.reference, last, "no", why)
            elif how == "shipped meanwhile":
                self.attempt(ordering.settle_not_cancelled, engine, self.reference, last, "shipped")
            else:
                self.attempt(
                    ordering.answer_for_order,
                    self.by(role),
                    self.reference,
                    version=self.version,
                    order_number="M-3" if how == "found" else None,
                    paid_minor=None,
                )

        @rule(role=who(Role.BUYER), how=st.sampled_from(EarlyEnd))
        def fail(self, role, how):
            self.attempt(
                ending.order_failed,
                self.by(role),
                self.reference,
                version=self.version,
                how=how,
                note="",
            )

        @rule(role=who(Role.ANALYST), why=st.sampled_from(EarlyEnd), really=st.integers(0, 5))
        def abandon(self, role, why, really):
            if really == 0:
                self.attempt(
                    ending.abandon,
                    self.by(role),
                    self.reference,
                    version=self.version,
                    why=why,
                    note="",
                )

        @rule(role=who(Role.BUYER))
        def receive(self, role):
            self.waive("R01", "R02")
            self.attempt(receiving.receive, self.by(role), self.reference, version=self.version)

        @rule(role=who(Role.BUYER), count=st.integers(0, 2))
        def document(self, role, count):
            self.waive("U02", "I01", "I02", "B02")
            act = self.by(role)
            if act.person is not None:
                self.attempt(
                    receiving.document,
                    act,
                    self.reference,
                    version=self.version,
                    exhibits=[NewExhibit("goods", "A watch", f"S-{each}") for each in range(count)],
                )

        @rule(role=who(Role.CLERK), seal=st.sampled_from(["S-0", "S-1", "S-9"]))
        def take_in(self, role, seal):
            for exhibit in self.town.of(Exhibit, self.reference):
                self.attempt(
                    storing.take_in,
                    self.by(role),
                    exhibit.reference,
                    seal_number=seal,
                    place="Shelf",
                    condition="good",
                )

        @rule(expert=EXPERTS, verdict=st.sampled_from(Verdict), asks=st.booleans())
        def examine(self, expert, verdict, asks):
            for examination in self.town.of(Examination, self.reference)[-2:]:
                act = self.town.act(Role.AUTHENTICATOR, expert)
                self.attempt(examining.claim, act, examination.public_id)
                if asks:
                    self.attempt(
                        examining.ask_photo, act, examination.public_id, shot="I03", note="Closer"
                    )
                    continue
                self.attempt(
                    judging.seal,
                    act,
                    examination.public_id,
                    verdict=verdict,
                    findings=FINDINGS.get(verdict, []),
                    confidence="high",
                    method="by eye",
                    reasons="As seen.",
                    limits="Photos.",
                    conflict_statement="None.",
                    no_conflict=True,
                    testimony=TESTIMONY,
                )

        @rule(shot=st.sampled_from(["I03", "R01", "U01"]), role=who(Role.BUYER))
        def photograph(self, shot, role):
            act = self.by(role)
            if act.person is not None:
                self.attempt(
                    photographing.take_photo,
                    self.town.vault,
                    act,
                    self.reference,
                    shot=shot,
                    data=picture(f"{shot} {next(self.photos)}"),
                    name="x",
                )

        @rule(role=who(Role.ANALYST), supersedes=st.booleans())
        def judge_again(self, role, supersedes):
            self.attempt(
                judging.judge_again,
                self.by(role),
                self.reference,
                version=self.version,
                reason="Look again",
                supersedes=supersedes,
            )

        @rule(
            what=st.sampled_from(
                ["approve", "withdraw", "send", "unknown", "away", "refused", "not there", "again"]
            ),
            role=who(Role.LIAISON),
        )
        def refer(self, what, role):
            referral = self.town.referral(self.reference)
            if referral is None:
                return
            act, name = self.by(role), referral.reference
            if what == "approve" and act.person is not None:
                if referral.state is ReferralState.DRAFTED:
                    packaged.complete(self.town, name)
                    referral = self.town.referral(self.reference)
                self.attempt(answering.approve, act, name, version=referral.version)
            elif what == "withdraw":
                self.attempt(answering.withdraw, act, name, version=referral.version, reason="Wait")
            elif what == "not there":
                said = {"version": referral.version, "reason": "Sergeant Li"}
                self.attempt(sending.record_not_sent, act, name, **said)
            elif what == "again":
                self.attempt(sending.send_again, act, name, version=referral.version)
            else:
                engine = self.by(Role.PROGRAMME)
                intent = self.attempt(sending.intend_sending, engine, self.reference)
                if intent and what == "send":
                    self.attempt(
                        sending.settle_sent,
                        engine,
                        self.reference,
                        number="A",
                        bundle_digest="sha256:0",
                    )
                elif intent and what == "away":
                    fresh = intent.fresh
                    self.attempt(sending.put_off_sending, engine, self.reference, fresh=fresh)
                elif intent and what == "refused" and intent.fresh:
                    self.attempt(sending.settle_not_sent, engine, self.reference, "bad_request")
                elif intent:
                    self.attempt(sending.settle_sending_unknown, engine, self.reference)

        @rule(state=st.sampled_from(ReferralState), role=who(Role.LIAISON))
        def answer(self, state, role):
            if referral := self.town.referral(self.reference):
                self.attempt(
                    answering.record_answer,
                    self.by(role),
                    referral.reference,
                    version=None,
                    state=state,
                    agency_number="LH",
                    reason="",
                )

        @rule(role=who(Role.ANALYST), really=st.integers(0, 3))
        def close(self, role, really):
            if really == 0:
                self.attempt(
                    answering.close,
                    self.by(role),
                    self.reference,
                    version=self.version,
                    note="Enough.",
                )

        @rule()
        def run(self):
            """All that a flow run does within the database; LeaseLost is a Refused too."""
            for step in STEPS:
                self.attempt(step, self.by(Role.PROGRAMME), self.reference)

        @rule(keep=st.booleans())
        def lease(self, keep):
            if self.hold is None:
                self.hold = self.town.take(self.reference, f"run {next(self.photos)}")
            elif not keep:
                leases.release(self.town.db, self.town.engine(), self.hold, None)
                self.hold = None

        @rule(verdict=st.sampled_from(Verdict), steps=st.integers(1, 3))
        def go_on(self, verdict, steps):
            """The next steps as they should be, so that the later stages are reached."""
            stage = self.town.stage(self.reference)
            if stage in WAY[:LAST]:
                target = WAY[min(WAY.index(stage) + steps, LAST)]
                # An act before may have been out of order, and have left something to mend first.
                with contextlib.suppress(Refused, AssertionError, AttributeError):
                    self.town.carry_on(self.reference, target, verdict)

        @rule(hours=st.sampled_from([0.01, 1, 100, 1000]))
        def wait(self, hours):
            self.town.later(hours=hours)

        def waive(self, *shots):
            for shot in shots:
                act: Act = self.by(Role.SUPERVISOR)
                self.attempt(photographing.waive, act, self.reference, shot=shot, reason="x")

        # What holds whatever was tried

        @invariant()
        def tells_one_story(self):
            row = self.town.row(self.reference)
            moves = self.town.of(MoveRecord, self.reference)
            assert row.version >= len(moves)
            assert moves[-1].target is row.stage
            assert [move.source for move in moves] == [
                None,
                *(move.target for move in moves[:-1]),
            ]
            for move in moves:
                led = rule_for(move.move, move.source)
                assert led and led.target is move.target and move.by_role in led.roles
            assert row.waiting_name
            assert (row.waiting_role is None) == (row.stage in ENDS)
            assert (row.due_at is None) or row.stage not in ENDS
            assert row.stage not in (Stage.JUDGED, Stage.REFERRED) or row.conclusion
            placed = sum(move.move is Move.PLACE_ORDER for move in moves)
            attempts = self.town.of(OrderAttempt, self.reference)
            assert sum(each.state in LIVE for each in attempts) <= 1
            assert placed <= len(attempts)
            wakeups = self.town.of(Wakeup, self.reference)
            assert (
                sum(each.claimed_until is None and each.finished_at is None for each in wakeups)
                <= 1
            )

        @invariant()
        def nothing_is_open_at_an_end(self):
            row = self.town.row(self.reference)
            waits_for_nobody = ("Closed", "Declined", "Abandoned")
            assert (row.stage in ENDS) == (row.waiting_name in waits_for_nobody)
            states = [each.state for each in self.town.of(Examination, self.reference)]
            assert row.stage is Stage.SUBMITTED or ExaminationState.OPEN not in states

        @invariant()
        def ledger_agrees(self):
            with self.town.db.read() as tx:
                entries = list(ledger.chain(tx, self.reference))
            assert chains.verify(entries, self.reference).ok
            told = [json.loads(entry.body) for entry in entries]
            moved = [entry["facts"] for entry in told if "to" in entry["facts"]]
            assert moved[-1]["to"] == self.town.row(self.reference).stage
            assert len(moved) == len(self.town.of(MoveRecord, self.reference))
            # Each version has its entry: whatever made a form stale is told in the ledger.
            versions = [entry["facts"]["version"] for entry in told if "version" in entry["facts"]]
            assert versions == list(range(1, self.town.version(self.reference) + 1))

    return OneTestBuy


def test_any_order_of_acts_keeps_a_test_buy_whole(machine):
    machine.TestCase.settings = settings(
        max_examples=30,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    machine.TestCase().runTest()
