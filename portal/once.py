"""Forms that are sent twice: a double click, or back and once more, does nothing a second time.

Owns which routes ask, the key each form on a page is given, and how its answer is kept and given
again. Leaves the keys themselves, and that change and key are one transaction, to `casework.once`.
A form without a key, from a page of before, is taken as it comes.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from casework import once as casework
from casework.once import FormAnswered, Sent
from portal.visit import database, now, visitor
from storage.session import Database

FIELD = "once"
_CHUNK = 1 << 20
_LONGEST_KEY = 64
_CSRF = re.compile(r'<input type="hidden" name="csrf" value="[^"]*">')

ONCE = frozenset(
    {
        # What is told or asked a second time stands there twice.
        "brushing_estimate",
        "brushing_from_flag",
        "brushing_open",
        "campaign_open",
        "category_add",
        "category_reword",
        "category_shot_add",
        "certificate_check",
        "certificate_hand_in",
        "chat_record",
        "claim_agreement",
        "claim_allocation",
        "claim_campaign_open",
        "claim_cause",
        "claim_evidence",
        "claim_head",
        "claim_judge",
        "claim_party",
        "claim_payment",
        "claim_prepare",
        "claim_proof",
        "claim_relief",
        "claim_step",
        "claim_strike",
        "claim_strike_decide",
        "claim_testbuy",
        "claim_waive",
        "claim_word_add",
        "conduct_remark",
        "disposal_ask",
        "exhibit_code",
        "exhibit_confirm",
        "flag_dismiss",
        "hold_place",
        "identity_ask",
        "kit_prepare",
        "launch",
        "lead_decide",
        "level_ask",
        "persona_add",
        "phrase_add",
        "place_add",
        "price_add",
        "proceeding_open",
        "product_add",
        "raid_correct",
        "raid_fate",
        "raid_figures",
        "raid_found",
        "raid_line",
        "raid_participant",
        "raid_person",
        "raid_place",
        "raid_plan",
        "raid_redate",
        "raid_redate_decide",
        "raid_sample",
        "raid_source",
        "raid_times",
        "referral_answer",
        "referral_correct",
        "referral_correct_decide",
        "referral_draft",
        "referral_review",
        "sanction_follow_up",
        "sanction_propose",
        "shop_link",
        "shop_sales",
        "superseded_receipt",
        "superseded_review",
        "task_chat_record",
        "task_code_on_goods",
        "threshold_add",
        "translation_add",
        "webhook_again",
        "webhook_make",
        "webhook_test",
    }
)
"""Routes that add something, in one transaction of casework. The others set what they say, name the
version they saw, or find it done. `token_make` and `examination_seal` ask by themselves, after
their signature was proved, and `entry_add`, after its picture was filed."""


def with_keys(html: str) -> str:
    """The page with a key of its own in each form that carries the log-in's token."""
    return _CSRF.sub(lambda found: found[0] + _field(), html)


def once(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler, for whom a form that was sent before is answered as it was then."""

    @wraps(handler)
    def sent(request: Request) -> Response:
        return sent_once(request, lambda: handler(request))

    return sent


def sent_once(
    request: Request,
    do: Callable[[], Response],
    stands: Callable[[Database, datetime], bool] | None = None,
) -> Response:
    """What `do` answers, or the answer of the first time; `do` makes its changes in one transaction
    with the key. `stands`, where what was done can be taken back: whether it still is.
    """
    key = request.state.form.get(FIELD)
    if not isinstance(key, str) or not 0 < len(key) <= _LONGEST_KEY:
        return do()
    asked = Sent(visitor(request).log_in, key, _digest(request, key))
    db = database(request)

    def change(joined: Any) -> FormAnswered:
        request.state.database = joined
        try:
            response = do()
        finally:
            request.state.database = db
        return FormAnswered(
            response.status_code, response.headers.get("location"), bytes(response.body)
        )

    answer = casework.form_once(db, now(request), asked, change, stands)
    headers = {"location": answer.location} if answer.location else {}
    return Response(answer.body, answer.code, headers, "text/html; charset=utf-8")


def _field() -> str:
    # Not filled in again by a browser that reloads: each time the page is shown the key is new.
    key = secrets.token_urlsafe(16)
    return f'<input type="hidden" name="{FIELD}" value="{key}" autocomplete="off">'


def _digest(request: Request, key: str) -> bytes:
    """Of all that was sent. Under the key, so that a password in it can't be tried out later."""
    sent = hmac.new(key.encode(), request.url.path.encode(), hashlib.sha256)
    for name, value in request.state.form.multi_items():
        if name in {FIELD, "csrf"}:
            continue
        said = value if isinstance(value, str) else _of_file(value)
        sent.update(f"\0{len(name)}\0{name}\0{len(said)}\0{said}".encode())
    return sent.digest()


def _of_file(upload: UploadFile) -> str:
    content = hashlib.sha256()
    while chunk := upload.file.read(_CHUNK):
        content.update(chunk)
    upload.file.seek(0)
    return f"{upload.filename}\0{content.hexdigest()}"
