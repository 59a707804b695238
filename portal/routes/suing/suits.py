"""The forms of a civil claim: what it says part by part, its steps, judgments and money."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from casework.outcomes import claims as casework
from casework.suing import awarding, claiming, grounding, pleading, suing
from casework.suing.suing import Step
from portal.fields import fields
from portal.pages import again, done
from portal.routes.suing.claims import claim
from portal.visit import act, addressed, database, part, vault
from rules.claims import ClaimMove
from rules.pleading import AllocatedTo, HeadKind, PartyRole, ReliefKind

router = APIRouter(prefix="/claims/{reference}")


@router.post("/agreement", name="claim_agreement")
@again(claim)
def agreement(request: Request) -> Response:
    """The clause, its version, and the seller's dated acceptance."""
    form = fields(request)
    version = form.number("version")
    clause, clause_version = form.text("clause", limit=200), form.text("clause_version", limit=80)
    accepted_on, data = form.day("accepted_on"), form.maybe_upload("paper")
    form.check()
    claiming.record_agreement(
        database(request), vault(request), act(request), _reference(request), version=version,
        clause=clause, clause_version=clause_version, accepted_on=accepted_on, data=data,
    )  # fmt: skip
    return _back(request)


@router.post("/parties", name="claim_party")
@again(claim)
def party(request: Request) -> Response:
    """Name who sues or is sued."""
    form = fields(request)
    version, role = form.number("version"), form.word("role", PartyRole)
    name, address = form.text("name", limit=200), form.maybe("address", limit=300)
    form.check()
    pleading.add_party(*addressed(request), version=version, role=role, name=name, address=address)
    return _back(request)


@router.post("/causes", name="claim_cause")
@again(claim)
def cause(request: Request) -> Response:
    """Ground it on a cause of the list."""
    form = fields(request)
    version, chosen = form.number("version"), form.number("cause", least=1)
    said = form.maybe("said")
    form.check()
    pleading.add_cause(*addressed(request), version=version, cause=chosen, said=said)
    return _back(request)


@router.post("/heads", name="claim_head")
@again(claim)
def head(request: Request) -> Response:
    """Claim an amount under a cause."""
    form = fields(request)
    version, under = form.number("version"), form.number("under", least=1)
    kind, amount = form.word("kind", HeadKind), form.money("amount", _currency(request))
    form.check()
    pleading.add_head(
        *addressed(request), version=version, claim_cause=under, kind=kind, claimed_minor=amount
    )
    return _back(request)


@router.post("/reliefs", name="claim_relief")
@again(claim)
def relief(request: Request) -> Response:
    """Ask for something beyond money."""
    form = fields(request)
    version, kind = form.number("version"), form.word("kind", ReliefKind)
    said = form.maybe("said")
    form.check()
    pleading.add_relief(*addressed(request), version=version, kind=kind, said=said)
    return _back(request)


@router.post("/testbuys", name="claim_testbuy")
@again(claim)
def testbuy(request: Request) -> Response:
    """Let it rest on a test buy."""
    form = fields(request)
    version, chosen = form.number("version"), form.text("testbuy", limit=20)
    form.check()
    grounding.add_testbuy(*addressed(request), version=version, testbuy=chosen)
    return _back(request)


@router.post("/evidence", name="claim_evidence")
@again(claim)
def evidence(request: Request) -> Response:
    """Put an exhibit, a verdict or a document on the list of evidence."""
    form = fields(request)
    version, proves = form.number("version"), form.text("proves")
    exhibit, verdict = form.maybe("exhibit", limit=40), form.maybe_number("verdict", least=1)
    data = form.maybe_upload("paper")
    form.check()
    grounding.list_evidence(
        database(request), vault(request), act(request), _reference(request), version=version,
        proves=proves, exhibit=exhibit, verdict=verdict, data=data,
    )  # fmt: skip
    return _back(request)


@router.post("/proofs", name="claim_proof")
@again(claim)
def proof(request: Request) -> Response:
    """Say what shows a proof of lost goodwill."""
    form = fields(request)
    version, chosen = form.number("version"), form.number("proof", least=1)
    said = form.text("said")
    form.check()
    grounding.show_proof(*addressed(request), version=version, proof=chosen, said=said)
    return _back(request)


@router.post("/waivers", name="claim_waive")
@again(claim)
def waive(request: Request) -> Response:
    """Let it be filed without a proof of lost goodwill."""
    form = fields(request)
    version, chosen = form.number("version"), form.number("proof", least=1)
    reason = form.text("reason")
    form.check()
    suing.waive_proof(*addressed(request), version=version, proof=chosen, reason=reason)
    return _back(request)


@router.post("/out", name="claim_part_out")
@again(claim)
def part_out(request: Request) -> Response:
    """Take a part out of what it says."""
    form = fields(request)
    version, chosen = form.number("version"), form.option("part", tuple(claiming.PARTS))
    given = form.number("number", least=1)
    form.check()
    claiming.take_out(*addressed(request), version=version, part=chosen, number=given)
    return _back(request)


@router.post("/approve", name="claim_approve")
@again(claim)
def approve(request: Request) -> Response:
    """Approve the filing of a claim somebody else prepared."""
    form = fields(request)
    version = form.number("version")
    form.check()
    suing.approve(*addressed(request), version=version)
    return _back(request, "approved")


@router.post("/steps", name="claim_step")
@again(claim)
def step(request: Request) -> Response:
    """Record that it came a step on."""
    form = fields(request)
    version, move = form.number("version"), form.word("move", ClaimMove)
    told = Step(
        on=form.day("happened_on"),
        paper=form.maybe_upload("paper"),
        said=form.maybe("said", limit=2000),
        docket_number=form.maybe("docket_number", limit=80),
        party=form.maybe_number("party", least=1),
    )
    form.check()
    suing.step(
        database(request), vault(request), act(request), _reference(request), move, told,
        version=version,
    )  # fmt: skip
    return _back(request)


@router.post("/judgment", name="claim_judge")
@again(claim)
def judge(request: Request) -> Response:
    """Record a judgment: what was awarded under each head, and which relief was granted."""
    form = fields(request)
    version, currency = form.number("version"), _currency(request)
    awarded = {each: form.money(f"awarded_{each}", currency) for each in form.numbers("head")}
    granted = frozenset(form.numbers("granted"))
    judged_on, reasons = form.day("judged_on"), form.text("reasons", limit=4000)
    paper = form.maybe_upload("paper")
    form.check()
    awarding.judge(
        database(request), vault(request), act(request), _reference(request), version=version,
        judged_on=judged_on, awarded=awarded, granted=granted, reasons=reasons, paper=paper,
    )  # fmt: skip
    return _back(request)


@router.post("/payments", name="claim_payment")
@again(claim)
def payment(request: Request) -> Response:
    """Record money that came in."""
    form = fields(request)
    version, amount = form.number("version"), form.money("amount", _currency(request))
    received_on, paper = form.day("received_on"), form.maybe_upload("paper")
    form.check()
    awarding.record_payment(
        database(request), vault(request), act(request), _reference(request), version=version,
        received_on=received_on, amount_minor=amount, paper=paper,
    )  # fmt: skip
    return _back(request)


@router.post("/allocations", name="claim_allocation")
@again(claim)
def allocation(request: Request) -> Response:
    """Say where recovered money went."""
    form = fields(request)
    version, to = form.number("version"), form.word("to", AllocatedTo)
    amount, on = form.money("amount", _currency(request)), form.day("allocated_on")
    said = form.maybe("said", limit=200)
    form.check()
    awarding.allocate(
        *addressed(request), version=version, to=to, said=said, amount_minor=amount, allocated_on=on
    )
    return _back(request)


@router.post("/end", name="claim_settle_up")
@again(claim)
def settle_up(request: Request) -> Response:
    """Record that it is recovered, or close it."""
    form = fields(request)
    version, move, on = form.number("version"), form.word("move", ClaimMove), form.day("on")
    form.check()
    awarding.settle_up(*addressed(request), move, version=version, on=on)
    return _back(request)


def _reference(request: Request) -> str:
    return part(request, "reference")


def _currency(request: Request) -> str:
    """The claim's own: a form says amounts alone, so that no other currency gets in."""
    return casework.currency_of(database(request), _reference(request))


def _back(request: Request, did: str = "saved") -> Response:
    return done(f"/claims/{_reference(request)}", did)
