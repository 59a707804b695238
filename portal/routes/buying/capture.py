"""What was said and certified around an order: chat, conduct, notaries' certificates, codes."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.buying import chatting
from casework.custody import certifying
from casework.views import conduct as views
from portal.clocks import OFFSETS, moment, usual
from portal.fields import fields
from portal.pages import again, done, page, speaks
from portal.visit import act, database, number, part, vault, visitor
from rules.pictures import HANDED_IN
from storage.tables import Side

router = APIRouter()
CHECKED = ("in_order", "not_in_order")
"""What may be said of a certificate that was checked."""


@router.get("/tasks/{reference}/chat", name="task_chat")
def task_chat(request: Request) -> HTMLResponse:
    """The chat as the buyer recorded it, and the kit card."""
    view = views.buyers_chat(
        database(request), visitor(request).person_id, part(request, "reference")
    )
    return page(
        request,
        "buying/chat.html",
        view=view,
        sides=list(Side),
        origins=HANDED_IN,
        offsets=OFFSETS,
        usual=usual(view.chat, speaks(request)),
    )


@router.post("/tasks/{reference}/chat", name="task_chat_record")
@again(task_chat)
def task_chat_record(request: Request) -> Response:
    """Record one message, pasted as it was written."""
    form = fields(request)
    said_by, language = form.word("said_by", Side), form.text("language", limit=20)
    text = form.text("text", limit=chatting.LONGEST)
    said = moment(form, "said_at")
    form.check()
    reference = part(request, "reference")
    chatting.record_message(
        database(request),
        act(request),
        reference,
        said_by=said_by,
        language=language,
        text=text,
        said_at=said.at,
        utc_offset_minutes=said.utc_offset_minutes,
        clock=said.clock,
    )
    return done(f"/tasks/{reference}/chat", "saved")


@router.post("/tasks/{reference}/kit-card", name="task_kit_card")
@again(task_chat)
def task_kit_card(request: Request) -> Response:
    """Record the numbered card that stands for the challenge code."""
    form = fields(request)
    card = form.text("number", limit=40)
    form.check()
    reference = part(request, "reference")
    certifying.record_kit_card(database(request), act(request), reference, number=card)
    return done(f"/tasks/{reference}/chat", "saved")


@router.get("/tasks/{reference}/code.pdf", name="task_code")
def task_code(request: Request) -> Response:
    """The challenge code on a sheet to print."""
    # Typesetting is loaded only where somebody prints.
    from evidence.challenge import sheet

    view = views.buyers_chat(
        database(request), visitor(request).person_id, part(request, "reference")
    )
    headers = {"content-disposition": 'inline; filename="code.pdf"'}
    return Response(sheet(view.code), media_type="application/pdf", headers=headers)


@router.get("/conduct", name="conduct")
def conduct(request: Request) -> HTMLResponse:
    """The newest conduct warnings, with what was said to them."""
    return page(request, "buying/conduct.html", rows=chatting.newest_warnings(database(request)))


@router.post("/conduct", name="conduct_remark")
@again(conduct)
def conduct_remark(request: Request) -> Response:
    """A supervisor says something to a warning, which stays."""
    form = fields(request)
    warning, text = form.number("warning"), form.text("text", limit=2000)
    form.check()
    chatting.remark(database(request), act(request), warning, text=text)
    return done("/conduct", "saved")


@router.get("/testbuys/{reference}/certificates", name="certificates")
def certificates(request: Request) -> HTMLResponse:
    """Notaries' certificates about a test buy."""
    reference = part(request, "reference")
    view = views.certificates(database(request), reference)
    return page(
        request, "buying/certificates.html", reference=reference, rows=view, answers=CHECKED
    )


@router.post("/testbuys/{reference}/certificates", name="certificate_hand_in")
@again(certificates)
def certificate_hand_in(request: Request) -> Response:
    """Hand in a certificate as PDF or scan."""
    form = fields(request)
    office, numbered = form.text("office", limit=200), form.text("number", limit=80)
    issued_on, covers = form.day("issued_on"), form.text("covers", limit=2000)
    _, data = form.upload("document")
    form.check()
    reference = part(request, "reference")
    certifying.hand_in_certificate(
        database(request),
        vault(request),
        act(request),
        reference,
        office=office,
        number=numbered,
        issued_on=issued_on,
        covers=covers,
        data=data,
    )
    return done(f"/testbuys/{reference}/certificates", "saved")


@router.post("/testbuys/{reference}/certificates/{certificate_id}/check", name="certificate_check")
@again(certificates)
def certificate_check(request: Request) -> Response:
    """Say whether a certificate is in order, and how that was checked."""
    form = fields(request)
    answer, remark = form.option("answer", CHECKED), form.text("remark", limit=2000)
    form.check()
    reference = part(request, "reference")
    certifying.check_certificate(
        database(request),
        act(request),
        reference,
        number(request, "certificate_id"),
        in_order=answer == CHECKED[0],
        remark=remark,
    )
    return done(f"/testbuys/{reference}/certificates", "saved")
