"""Chats as staff record and translate them, and the words that warn."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.buying import chatting
from casework.programme import phrasing
from casework.views import conduct as views
from portal.clocks import OFFSETS, moment, usual
from portal.fields import fields
from portal.pages import again, done, page, speaks
from portal.visit import act, addressed, database, now, number, part
from storage.tables import Side

router = APIRouter()


@router.get("/testbuys/{reference}/chat", name="chat")
def chat(request: Request) -> HTMLResponse:
    """The chat of a test buy, its translations beside it."""
    view = views.staff_chat(database(request), part(request, "reference"))
    return page(
        request,
        "buying/staff_chat.html",
        view=view,
        sides=list(Side),
        offsets=OFFSETS,
        usual=usual(view.chat, speaks(request)),
    )


@router.post("/testbuys/{reference}/chat", name="chat_record")
@again(chat)
def chat_record(request: Request) -> Response:
    """A clerk or supervisor records one message for the buyer, as it was written."""
    form = fields(request)
    said_by, language = form.word("said_by", Side), form.text("language", limit=20)
    text, said = form.text("text", limit=chatting.LONGEST), moment(form, "said_at")
    form.check()
    chatting.record_message(
        *addressed(request),
        said_by=said_by,
        language=language,
        text=text,
        said_at=said.at,
        utc_offset_minutes=said.utc_offset_minutes,
        clock=said.clock,
    )
    return done(f"/testbuys/{part(request, 'reference')}/chat", "saved")


@router.get("/translations", name="translations")
def translations(request: Request) -> HTMLResponse:
    """Messages that nobody has translated yet, the oldest first."""
    return page(request, "buying/translations.html", rows=views.to_translate(database(request)))


@router.post("/translations", name="translation_add")
@again(translations)
def translation_add(request: Request) -> Response:
    """A translation, with who made it, beside the message."""
    form = fields(request)
    message = form.number("message")
    language, translator = form.text("language", limit=20), form.text("translator", limit=200)
    text = form.text("text", limit=2 * chatting.LONGEST)
    form.check()
    reference = chatting.add_translation(
        database(request),
        act(request),
        message,
        language=language,
        text=text,
        translator=translator,
    )
    return done(f"/testbuys/{reference}/chat", "translated")


@router.get("/phrases", name="phrases")
def phrases(request: Request) -> HTMLResponse:
    """The words that warn, those in force and those that have ended."""
    return page(
        request,
        "buying/phrases.html",
        rows=phrasing.phrases(database(request)),
        today=now(request).date(),
    )


@router.post("/phrases", name="phrase_add")
@again(phrases)
def phrase_add(request: Request) -> Response:
    """Add words that warn, from a day on."""
    form = fields(request)
    words, language = form.text("words", limit=200), form.text("language", limit=20)
    valid_from, source = form.day("valid_from"), form.text("source", limit=500)
    valid_until = form.day("valid_until") if form.raw("valid_until") else None
    form.check()
    phrasing.set_phrase(
        database(request),
        act(request),
        words=words,
        language=language,
        valid_from=valid_from,
        valid_until=valid_until,
        source=source,
        verified=form.raw("verified") == "yes",
    )
    return done("/phrases", "saved")


@router.post("/phrases/{phrase_id}/end", name="phrase_end")
@again(phrases)
def phrase_end(request: Request) -> Response:
    """Words warn for the last time on a day."""
    form = fields(request)
    last_day = form.day("last_day")
    form.check()
    phrasing.end_phrase(
        database(request), act(request), number(request, "phrase_id"), last_day=last_day
    )
    return done("/phrases", "saved")
