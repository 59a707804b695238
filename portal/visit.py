"""What a handler knows of its request: who asks, in which role, and the collaborators.

Owns the cookies' names and the reading of `app.state` and `request.state`. Leaves filling them to
`portal.gate` and `portal.app`.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from fastapi import Request

from casework.act import Act
from casework.errors import NotFound
from casework.people import access
from evidence.spool import Spool
from evidence.vault import Vault
from portal.numbers import number_of
from portal.settings import Settings
from rules.access import Owed
from rules.roles import Role
from storage.session import Database

SESSION_COOKIE = "testbuy_session"
DOOR_COOKIE = "testbuy_door"
"""Carries the token of forms that are shown before anybody has logged in."""
API = "/api/v1/"
"""How the address of every route of the API begins."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person; `role` is the one this route lets them act in (None: any)."""

    person_id: int
    name: str
    roles: frozenset[Role]
    csrf_token: str
    role: Role | None
    language: str | None = None
    """What they chose; None: what their browser asks for."""
    log_in: int = 0
    owed: Owed | None = None
    """What their log-in still owes; until then they have no roles here."""
    token: int | None = None
    """The number of the API token that asks for them; None: they sit at a browser."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A form that came back: its address, what was entered, and what was wrong with it.

    `exact`: fields that hold what somebody else wrote, and go back to the sign as it was.
    """

    action: str
    reasons: tuple[str, ...] = ()
    errors: dict[str, str] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)
    exact: frozenset[str] = frozenset()


def database(request: Request) -> Database:
    """The database the portal was given, or the transaction on it that a form's change is part of
    (`portal.once`).
    """
    return getattr(request.state, "database", None) or request.app.state.db


def vault(request: Request) -> Vault:
    """The vault the portal was given."""
    return request.app.state.vault


def spool(request: Request) -> Spool:
    """Where uploads in parts are kept until they are whole."""
    return Spool(settings(request).home / "uploads")


def settings(request: Request) -> Settings:
    """What the portal was told at start."""
    return request.app.state.settings


def now(request: Request) -> datetime:
    """The door's clock, read once a request."""
    if not hasattr(request.state, "now"):
        clock: Callable[[], datetime] = request.app.state.clock
        request.state.now = clock()
    return request.state.now


def visitor(request: Request) -> Visitor:
    """Who asks; only for routes that are not public."""
    return request.state.visitor


def act(request: Request) -> Act:
    """The act of the visitor in the role of this route, with fresh chance."""
    who = visitor(request)
    if who.role is None:
        raise NotFound("This page has no action of its own.")
    return access.acting(
        database(request), who.person_id, who.role, now(request), secrets.token_bytes(32)
    )


def part(request: Request, name: str) -> str:
    """A part of the address."""
    return request.path_params[name]


def addressed(request: Request, name: str = "reference") -> tuple[Database, Act, str]:
    """What a move is told first: the database, the act, and which one the address names."""
    return database(request), act(request), part(request, name)


def number(request: Request, name: str) -> int:
    """A part of the address that is a row's number; NotFound where it is none."""
    found = number_of(part(request, name))
    if found is None:
        raise NotFound("There is no such page.")
    return found


def inside(address: str) -> str:
    """An address of ours as it is, any other as "/"."""
    # "//host" and "/\host" lead away from here.
    ours = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if ours and address.isprintable() else "/"


def wants_json(request: Request) -> bool:
    """Whether the caller asks for JSON rather than a page."""
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/html" not in accept
