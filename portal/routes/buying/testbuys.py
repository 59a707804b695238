"""One test buy, and what staff do to it."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from casework.auditing import sealchecks
from casework.buying import assigning, ending, ordering, requesting
from casework.intake import photographing
from casework.record import seals
from casework.referring import answering
from casework.verdicts import judging
from casework.views import captures
from casework.views.testbuy import testbuy_page
from casework.views.timeline import timeline
from portal.drawings import qr
from portal.fields import fields
from portal.nextstep import next_step
from portal.pages import again, done, page
from portal.routes.buying.tasks import TAKES, task_address
from portal.visit import act, addressed, database, now, part, settings, vault, visitor
from rules.lifecycle import MOVES, EarlyEnd, Move, Stage, may_end, rule_for
from rules.shots import SHOTS, place_of

_CAME_FROM = re.compile(r"/approvals|/exhibits/[^/\s?#\\]{1,8}(/\d{1,6})+")
router = APIRouter(prefix="/testbuys/{reference}")
_CHUNK = 1 << 20
_WITH_THE_BUYER = (Stage.ASSIGNED, Stage.ORDERED, Stage.RECEIVED, Stage.DOCUMENTED)


@router.get("", name="testbuy")
def testbuy(request: Request) -> HTMLResponse:
    """Head, time line, contact sheet, facts, and the forms the visitor's roles may use now."""
    view = testbuy_page(database(request), part(request, "reference"))
    stage = view.testbuy.stage

    def open_to(move: Move) -> str:
        """The first of the visitor's roles that may make the move now, or ""."""
        rule = rule_for(move, stage)
        granted = visitor(request).roles
        return next((role for role in sorted(rule.roles) if role in granted), "") if rule else ""

    return page(
        request,
        "buying/testbuy.html",
        view=view,
        next=next_step(view, visitor(request)),
        marks=sealchecks.marks(database(request), view.testbuy.reference),
        line=timeline(database(request), view.testbuy.reference, view.moves),
        captures=captures.captures(
            database(request),
            view.testbuy.reference,
            settings(request).timestamp_authorities(),
        ),
        moves={rule.move: open_to(rule.move) for rule in MOVES},
        early_ends=[why for why in EarlyEnd if may_end(why, stage).allowed],
        takes=TAKES["any"],
        task_qr=qr(task_address(request)) if stage in _WITH_THE_BUYER else None,
        shots=sorted({*SHOTS, *(frame.shot.code for frame in view.frames)}, key=place_of),
    )


@router.post("/adopt", name="adopt")
@again(testbuy)
def adopt(request: Request) -> Response:
    """An analyst takes over a request from the control room."""
    form = fields(request)
    version = form.number("version")
    form.check()
    requesting.adopt(*addressed(request), version=version)
    return _back(request, "adopted")


@router.post("/approve", name="approve")
@again(testbuy)
def approve(request: Request) -> Response:
    """An approver authorises a request."""
    form = fields(request)
    version = form.number("version")
    form.check()
    requesting.approve(*addressed(request), version=version)
    return _back(request, "approved", form.raw("then"))


@router.post("/decline", name="decline")
@again(testbuy)
def decline(request: Request) -> Response:
    """An approver refuses a request."""
    form = fields(request)
    version, reason = form.number("version"), form.text("reason")
    form.check()
    requesting.decline(*addressed(request), version=version, reason=reason)
    return _back(request, "declined", form.raw("then"))


@router.post("/abandon", name="abandon")
@again(testbuy)
def abandon(request: Request) -> Response:
    """An analyst ends a test buy early."""
    form = fields(request)
    version, why = form.number("version"), form.word("why", EarlyEnd)
    note = form.text("note")
    form.check()
    ending.abandon(*addressed(request), version=version, why=why, note=note)
    return _back(request, "abandoned")


@router.post("/look-for-buyer", name="look_for_buyer")
@again(testbuy)
def look_for_buyer(request: Request) -> Response:
    """An analyst has a buyer looked for at once, where none was to be had or its own is gone."""
    form = fields(request)
    version = form.number("version")
    form.check()
    reference = part(request, "reference")
    assigning.try_again(database(request), act(request), reference, version=version)
    return _back(request, "buyer_found")


@router.post("/order-failed", name="order_failed_by_analyst")
@again(testbuy)
def order_failed(request: Request) -> Response:
    """An analyst says that the last order is surely dead."""
    form = fields(request)
    version, how = form.number("version"), form.word("how", EarlyEnd)
    note = form.text("note")
    form.check()
    ending.order_failed(*addressed(request), version=version, how=how, note=note)
    return _back(request, "order_failed")


@router.post("/order-answer", name="order_answer")
@again(testbuy)
def order_answer(request: Request) -> Response:
    """An analyst says what became of an order whose outcome is unknown."""
    form = fields(request)
    version = form.number("version")
    order_number = form.maybe("order_number", limit=80)
    paid = form.money("paid", form.currency()) if order_number else None
    form.check()
    ordering.answer_for_order(
        *addressed(request), version=version, order_number=order_number, paid_minor=paid
    )
    return _back(request, "order")


@router.post("/judge-again", name="judge_again")
@again(testbuy)
def judge_again(request: Request) -> Response:
    """An analyst asks for a second verdict."""
    form = fields(request)
    version, reason = form.number("version"), form.text("reason")
    form.check()
    judging.judge_again(
        *addressed(request),
        version=version,
        reason=reason,
        supersedes=form.raw("supersedes") == "yes",
    )
    return _back(request, "again")


@router.post("/close", name="close")
@again(testbuy)
def close(request: Request) -> Response:
    """An analyst closes a held test buy, a liaison an answered one."""
    form = fields(request)
    version, note = form.number("version"), form.text("note")
    form.check()
    answering.close(*addressed(request), version=version, note=note)
    return _back(request, "closed")


@router.post("/photos", name="testbuy_photo")
@again(testbuy)
def testbuy_photo(request: Request) -> Response:
    """A clerk or supervisor hands in a photo."""
    form = fields(request)
    shot = form.text("shot", limit=8)
    name, data = form.stream("photo")
    form.check()
    photographing.take_photo(
        database(request),
        vault(request),
        act(request),
        part(request, "reference"),
        shot=shot,
        data=data,
        name=name,
    )
    return _back(request, "photo", form.raw("then"))


@router.get("/dossier.pdf", name="dossier")
def dossier(request: Request) -> Response:
    """The dossier as a PDF."""
    # Typesetting is loaded only where somebody wants a dossier.
    from casework.papers.dossiers import dossier_pdf

    reference = part(request, "reference")
    language = "zh" if request.query_params.get("language") == "zh" else "en"
    sealed = seals.of(settings(request))
    pdf = dossier_pdf(database(request), vault(request), reference, now(request), language, sealed)
    return Response(pdf, media_type="application/pdf", headers=_named(f"{reference}.pdf"))


@router.get("/bundle.zip", name="bundle")
def bundle(request: Request) -> Response:
    """The bundle as a zip."""
    from casework.papers.dossiers import write_bundle

    reference = part(request, "reference")
    with tempfile.TemporaryDirectory(prefix="testbuy-bundle-") as folder:
        target = Path(folder) / f"{reference}.zip"
        sealed = seals.of(settings(request))
        write_bundle(database(request), vault(request), reference, target, now(request), sealed)
        size, file = target.stat().st_size, target.open("rb")

    # Its name is gone by now: wherever the download breaks off, the disk has its room back.
    def chunks() -> Iterator[bytes]:
        with file:
            while chunk := file.read(_CHUNK):
                yield chunk

    headers = _named(f"{reference}.zip") | {"content-length": str(size)}
    return StreamingResponse(chunks(), media_type="application/zip", headers=headers)


def _back(request: Request, did: str, then: str = "") -> Response:
    """To the test buy, or back to the list or exhibit that the form says it came from (`then`)."""
    here = f"/testbuys/{part(request, 'reference')}"
    return done(then if _CAME_FROM.fullmatch(then) else here, did)


def _named(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}
