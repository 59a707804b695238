"""The two sides of a hand-over as forms say them, and signatures on glass or on a receipt.

Owns the names of the fields. Leaves what follows from them to `casework.custody.handing_over`.
"""

import base64
import binascii

from casework.custody.sides import Giving, Taking
from casework.custody.signing import Signature
from portal.fields import Fields
from rules.holders import Holder

_DATA_URL = "data:image/png;base64,"


def giving(
    form: Fields, *, purpose: str | None = None, to_person: int | None, to: Holder | None
) -> Giving:
    """The giver's side; `purpose` where the form asks for none."""
    return Giving(
        seal_out=form.text("seal_out", limit=80),
        purpose=purpose or form.text("purpose", limit=200),
        place=form.text("place", limit=120),
        condition=form.text("condition", limit=200),
        to_person=to_person,
        to=to,
        weight_grams=form.maybe_number("weight", least=1),
        tracking_number=form.maybe("tracking_number", limit=80),
        crosses_border=form.raw("crosses_border") == "yes",
        customs_letter=form.maybe_upload("letter"),
        photos=tuple(form.ticked("photos")),
        utc_offset_minutes=form.utc_offset(),
        to_desk=form.raw("to_desk") == "yes",
    )


def taking(form: Fields) -> Taking:
    """The taker's side."""
    return Taking(
        seal_in=form.text("seal_in", limit=80),
        condition=form.text("condition", limit=200),
        place=form.text("place", limit=120),
        weight_grams=form.maybe_number("weight", least=1),
        utc_offset_minutes=form.utc_offset(),
    )


def signature(form: Fields) -> Signature:
    """Name and strokes, or a scanned receipt in their place."""
    name, strokes = form.text("name", limit=120), form.raw("signature")
    receipt = form.maybe_upload("receipt")
    data = b""
    if strokes.startswith(_DATA_URL):
        try:
            data = base64.b64decode(strokes.removeprefix(_DATA_URL), validate=True)
        except binascii.Error:
            form.errors["signature"] = "The signature did not come through. Sign once more."
    if not data and receipt is None:
        form.errors.setdefault("signature", "Sign, or choose a scanned receipt.")
    return Signature(name, receipt or data, on_glass=receipt is None)
