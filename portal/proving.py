"""What a form that signs takes beside its own fields: password and code.

Owns the names of those fields; `templates/prove.html` draws them. A handler calls `prove` after its
own fields were checked, so that a mistyped form uses up no code.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request

from casework import proving
from casework.errors import Refused, TooMany
from casework.strongbox import Strongbox
from portal.fields import Invalid, fields
from portal.visit import database, now, settings, visitor
from rules.access import Proof

CODE_FIELD = "one_time_code"


def prove(request: Request, purpose: str) -> frozenset[Proof]:
    """Take the proof out of the form. Refused, TooMany or Invalid where it is not given.

    `purpose` stands in the ledger: what is signed, by references alone.
    """
    form, person_id = fields(request), visitor(request).person_id
    asked = proving.to_sign(database(request), person_id)
    password = form.raw("password") if Proof.PASSWORD in asked else ""
    code = form.raw(CODE_FIELD) if Proof.CODE in asked else ""
    if Proof.PASSWORD in asked and not 0 < len(password) <= 500:
        form.errors["password"] = "Type your password."  # noqa: S105 - a sentence
    if Proof.CODE in asked and not 0 < len(code) <= 40:
        form.errors[CODE_FIELD] = "Type the code your device shows."
    form.check()
    return proving.prove(
        database(request),
        strongbox(request),
        person_id,
        password,
        code,
        now(request),
        purpose=purpose,
    )


@contextmanager
def about_the_code() -> Iterator[None]:
    """A refused code is complained of beside its field."""
    try:
        yield
    except TooMany:
        raise
    except Refused as refusal:
        raise Invalid({CODE_FIELD: refusal.reasons[0]}) from refusal


def strongbox(request: Request) -> Strongbox:
    """The strongbox of second factors; its key is read, or made, when it is first needed."""
    state = request.app.state
    if not hasattr(state, "strongbox"):
        told = settings(request)
        state.strongbox = (
            Strongbox.told(told.second_factor_key)
            if told.second_factor_key
            else Strongbox.in_file(
                told.home / "keys" / "second-factor.key", secrets.token_bytes(32)
            )
        )
    return state.strongbox
