"""What a form that signs takes beside its own fields: password and code.

Owns the names of those fields; `templates/prove.html` draws them. A handler asks for the signature
after its own fields were checked, and hands it to the change it is put under: what is refused uses
up no code.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request

from casework.errors import Refused
from casework.people import proving
from casework.people.proving import GivenProof
from casework.people.strongbox import Strongbox
from portal.fields import Invalid, fields
from portal.visit import database, now, settings, visitor
from rules.access import Proof

CODE_FIELD = "one_time_code"


@contextmanager
def proof_of(request: Request) -> Iterator[GivenProof]:
    """The signature of the form, to be put under what is done in this block.

    Refused, TooMany or Invalid where it is not given.
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
    with proving.signing(
        database(request), strongbox(request), person_id, password, code, now(request)
    ) as proof:
        yield proof


@contextmanager
def about_the_code() -> Iterator[None]:
    """A refused code is complained of beside its field."""
    try:
        yield
    except Refused as refusal:
        if type(refusal) is not Refused:
            raise  # too many tries, or nothing that a code is asked for
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
