"""Reading a form: every field is checked, all complaints are given at once, nothing is guessed."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from enum import StrEnum
from io import BytesIO
from typing import BinaryIO, TypeVar

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from portal.numbers import number_of
from portal.pages import wording_of
from portal.visit import Failed
from rules import money, signs

Word = TypeVar("Word", bound=StrEnum)
Value = TypeVar("Value")

LARGEST_MINOR = 10**15
OURS = {"condition": ("seal intact", "complete, unopened"), "purpose": ("to be examined",)}
"""What a page fills in for its reader, in the reader's language; it is kept as this one word."""
LINES = frozenset(
    {
        "address", "authority", "basis", "conflict_statement", "covers", "decision", "happens",
        "level_reason", "limits", "method", "needs", "note", "qualification", "reason", "reasons",
        "reference_samples", "remark", "said", "seals_seen", "source", "text", "words",
    }
)  # fmt: skip
"""Fields that a page lets write in several lines; any other is made one."""


class Invalid(Exception):  # noqa: N818 - the answer is the form again
    """Fields that can't be taken as they are: name of the field, and what to do."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {error}" for name, error in errors.items()))
        self.errors = errors


class Fields:
    """The fields of a form. A reader gives a value or notes an error; `check` raises them all."""

    def __init__(
        self, form: FormData, told: Callable[[str], str] = str, quoted: set[str] | None = None
    ) -> None:
        """`told` says a word of OURS as the page of this form does; into `quoted` go the names of
        the fields in which somebody else's words were.
        """
        self._form = form
        self._quoted = set[str]() if quoted is None else quoted
        self._told = told
        self.errors: dict[str, str] = {}

    def raw(self, name: str) -> str:
        """What was written in the field, "" where there is none."""
        value = self._form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def text(self, name: str, *, limit: int = 500) -> str:
        """A text that must be there."""
        value = self.maybe(name, limit=limit)
        if not value:
            self.errors.setdefault(name, "Fill this in.")
        return value or ""

    def maybe(self, name: str, *, limit: int = 500) -> str | None:
        """A text that may be missing."""
        value = self.raw(name)
        value = next((word for word in OURS.get(name, ()) if value == self._told(word)), value)
        return self._fitting(name, self._seen(name, value), limit) or None

    def quoted(self, name: str, *, limit: int, required: bool = True) -> str:
        """What somebody else wrote: kept to the sign as it is, and shown with signs that nobody
        sees made visible; back in a refused form it is as it came.
        """
        self._quoted.add(name)
        value = self._fitting(name, self.raw(name), limit)
        if required and not value:
            self.errors.setdefault(name, "Fill this in.")
        if "\x00" in value:
            self.errors[name] = "This holds a character that can't be stored."
        return value

    def number(self, name: str, *, least: int = 0, most: int = 2**31 - 1) -> int:
        """A whole number."""

        def whole(text: str) -> int:
            found = number_of(text)
            if found is None or not least <= found <= most:
                raise ValueError(f"Write a whole number from {least} to {most:,}.")
            return found

        return self._read(name, whole, least)

    def maybe_number(self, name: str, *, least: int = 0) -> int | None:
        """A whole number that may be missing."""
        return self.number(name, least=least) if self.raw(name) else None

    def utc_offset(self, name: str = "utc_offset") -> int | None:
        """Minutes by which the sender's clock is ahead of UTC; None where no script told them."""
        text = self.raw(name)
        if not re.fullmatch(r"-?[0-9]{1,3}", text):
            return None
        return int(text)

    def currency(self, name: str = "currency") -> str:
        """A currency by its three letters."""

        def letters(text: str) -> str:
            money.exponent(text.upper())
            return text.upper()

        return self._read(name, letters, "")

    def money(self, name: str, currency: str) -> int:
        """An amount in minor units of `currency`."""

        def minor(text: str) -> int:
            amount = money.parse(text, currency).minor
            if not 0 <= amount <= LARGEST_MINOR:
                raise ValueError("Write an amount like 1234.56, not below zero.")
            return amount

        return self._read(name, minor, 0)

    def day(self, name: str) -> date:
        """A date, written as 2026-11-24."""

        def iso(text: str) -> date:
            try:
                return date.fromisoformat(text)
            except ValueError:
                raise ValueError("Write a date like 2026-11-24.") from None

        return self._read(name, iso, date.min)

    def day_start(self, name: str) -> datetime:
        """The first instant of a date, in UTC."""
        return datetime.combine(self.day(name), time.min, UTC)

    def word(self, name: str, kind: type[Word]) -> Word:
        """One of an enum's words."""
        return self._read(name, lambda text: self._one_of(text, kind), next(iter(kind)))

    def words(self, name: str, kind: type[Word]) -> tuple[Word, ...]:
        """The words of an enum that were ticked."""
        try:
            return tuple(self._one_of(text, kind) for text in self.ticked(name))
        except ValueError as error:
            self.errors[name] = str(error)
            return ()

    def option(self, name: str, options: tuple[str, ...]) -> str:
        """One of a few words."""

        def known(text: str) -> str:
            if text not in options:
                raise ValueError(f"Choose one of: {', '.join(options)}.")
            return text

        return self._read(name, known, options[0])

    def ticked(self, name: str) -> list[str]:
        """Every value sent under `name`, in order; empty ones are kept for rows of a table."""
        sent = self._form.getlist(name)
        return [self._seen(name, value.strip()) for value in sent if isinstance(value, str)]

    def numbers(self, name: str) -> tuple[int, ...]:
        """Rows that were ticked under `name`, by their numbers; what is no number is left out."""
        found = (number_of(each) for each in self.ticked(name))
        return tuple(each for each in found if each is not None)

    def upload(self, name: str) -> tuple[str, bytes]:
        """A file's name and content; an empty one is refused."""
        value = self._form.get(name)
        if not isinstance(value, UploadFile) or not value.filename:
            self.errors[name] = "Choose a file first."
            return "", b""
        data = value.file.read()
        if not data:
            self.errors[name] = "The file is empty. Choose it again, or take the photo again."
        return value.filename, data

    def maybe_upload(self, name: str) -> bytes | None:
        """A file's content, where one was chosen."""
        value = self._form.get(name)
        chosen = isinstance(value, UploadFile) and bool(value.filename)
        return self.upload(name)[1] if chosen else None

    def stream(self, name: str) -> tuple[str, BinaryIO]:
        """A file's name and its bytes to read, wherever they are held; an empty one is refused."""
        value = self._form.get(name)
        if not isinstance(value, UploadFile) or not value.filename:
            self.errors[name] = "Choose a file first."
            return "", BytesIO()
        if not value.size:
            self.errors[name] = "The file is empty. Choose it again, or take the photo again."
        return value.filename, value.file

    def check(self) -> None:
        """Raise what was noted."""
        if self.errors:
            raise Invalid(self.errors)

    def kept(self) -> dict[str, list[str]]:
        """What was entered, to be shown again; never a password or a token."""
        secret = {"csrf", "once", "one_time_code", "version", "as_role", "signature"}
        return {
            name: [value for value in self._form.getlist(name) if isinstance(value, str)]
            for name in self._form
            if name not in secret and "password" not in name
        }

    def _seen(self, name: str, value: str) -> str:
        """A typed value tidied; what it holds that nobody sees is complained of."""
        tidied = signs.tidied(value, lines=name in LINES)
        if wrong := signs.complaint(tidied):
            self.errors[name] = wrong
        return tidied

    def _fitting(self, name: str, value: str, limit: int) -> str:
        if len(value) > limit:
            self.errors[name] = f"Write at most {limit} characters; these are {len(value)}."
        return value

    def _one_of(self, text: str, kind: type[Word]) -> Word:
        try:
            return kind(text)
        except ValueError:
            raise ValueError(f"Choose one of: {', '.join(kind)}.") from None

    def _read(self, name: str, parse: Callable[[str], Value], otherwise: Value) -> Value:
        text = self.raw(name)
        if not text:
            self.errors.setdefault(name, "Fill this in.")
            return otherwise
        try:
            return parse(text)
        except ValueError as error:
            self.errors[name] = str(error)
            return otherwise


def fields(request: Request) -> Fields:
    """The form of this request."""
    return Fields(request.state.form, wording_of(request).told, _quoted(request))


def returned(
    request: Request, *, reasons: tuple[str, ...] = (), errors: dict[str, str] | None = None
) -> Failed:
    """This request's form as its page shows it again."""
    exact = frozenset(_quoted(request))
    return Failed(request.url.path, reasons, errors or {}, fields(request).kept(), exact)


def _quoted(request: Request) -> set[str]:
    """Names of the fields that were read as somebody else's words so far."""
    if not hasattr(request.state, "quoted"):
        request.state.quoted = set()
    return request.state.quoted
