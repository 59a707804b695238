"""What the nouns of the API share: texts, the problem document, how answers are described."""

from typing import Annotated, Any

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from portal.problems import MEDIA_TYPE
from rules import signs


def _storable(text: str) -> str:
    if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text):
        raise ValueError("This holds a character that can't be stored")
    return text


def _line(text: str) -> str:
    return _seen(signs.tidied(text))


def _lines(text: str) -> str:
    return _seen(signs.tidied(text, lines=True))


def _seen(text: str) -> str:
    if wrong := signs.complaint(text):
        raise ValueError(wrong.removesuffix("."))
    return text


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(_line),
    StringConstraints(min_length=1),
]
"""A text of one line that must be there, without signs that nobody sees."""
Delivered = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(_storable),
]
"""What another system says of somebody else: kept to the sign as it came."""
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=5000),
    AfterValidator(_lines),
    StringConstraints(min_length=1),
]
MaybeText = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(_lines)
]

Reference = Annotated[str, Path(pattern=r"^TB-[0-9]{4}-[0-9]{6}$", examples=["TB-2026-000017"])]
ReferralReference = Annotated[
    str, Path(pattern=r"^RF-[0-9]{4}-[0-9]{6}$", examples=["RF-2026-000003"])
]
PublicId = Annotated[
    str,
    Path(
        pattern=r"^[a-z2-7]{22}$",
        description="An opaque id, as a list gave it.",
        examples=["k7q42mzyxwvu5432tsrqpo"],
    ),
]


class Asked(BaseModel):
    """What a caller sends: nothing that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """What is answered."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class Problem(Told):
    """Problem details (RFC 9457): what was not done, and why."""

    type: str = Field(examples=["/api/v1/docs#refused"])
    title: str = Field(examples=["This was not done"])
    status: int = Field(examples=[409])
    detail: str
    reasons: list[str] = Field(
        description="Short sentences for people: what is in the way and what to do.",
        examples=[["TB-2026-000017 is already buying this listing."]],
    )
    request_id: str = Field(description="Name it when you ask about this answer.")


class Money(Told):
    """An amount in minor units of a currency: 45000 CNY is 450.00 yuan."""

    amount_minor: int = Field(examples=[45000])
    currency: str = Field(examples=["CNY"])


_WORDS = {
    400: "The request was cut off, or is no text.",
    401: "No live token came with the request.",
    403: "The token lacks the scope, or its owner the role.",
    404: "There is no such thing, or not for this token's owner.",
    409: "A rule said no, or somebody else was faster; `reasons` say which.",
    413: "The request has more than a megabyte.",
    422: "The request can't be read, or its Idempotency-Key belongs to another one.",
    500: "Something broke here; whether it was done is told by the same request and key again.",
    507: "There is no room on the disk.",
}


def problems(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with, as OpenAPI describes them."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        code: {"description": _WORDS[code], "content": {MEDIA_TYPE: {"schema": schema}}}
        for code in sorted({400, 401, 403, 422, 500, *codes})
    }


CHANGES = (404, 409, 413, 507)
"""What a request that changes something may run into beside the usual."""
