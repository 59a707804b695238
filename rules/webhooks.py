"""What a webhook may tell, to whom and how often it is tried.

Owns the events, whose owner may have them, the pauses between attempts, and which addresses are
taken at all. Leaves signing and sending to `connectors.webhooks`, which looks at the address again
once its name is resolved.
"""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from rules.decision import Decision
from rules.roles import Role
from rules.scopes import ROLES, Scope

MOST_URL = 500


class Event(StrEnum):
    """Something that happens. A payload carries references and states, never personal data."""

    TESTBUY_MOVED = "testbuy.moved"
    REFERRAL_CHANGED = "referral.changed"
    EXAMINATION_OPENED = "examination.opened"
    EXAMINATION_SEALED = "examination.sealed"
    EXAMINATION_WITHDRAWN = "examination.withdrawn"
    TEST = "webhook.test"


AUDIENCE: dict[Event, tuple[Role, ...]] = {
    Event.TESTBUY_MOVED: ROLES[Scope.TESTBUYS_READ],
    Event.REFERRAL_CHANGED: ROLES[Scope.REFERRALS_READ],
    Event.EXAMINATION_OPENED: (Role.AUTHENTICATOR,),
    Event.EXAMINATION_SEALED: (Role.AUTHENTICATOR,),
    Event.EXAMINATION_WITHDRAWN: (Role.AUTHENTICATOR,),
}
"""Whose owner may have an event; of examinations, those of the owner's brands. A test is for all.

They are the roles that may read the same through the API.
"""

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
PAUSES: tuple[timedelta, ...] = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    2 * _MINUTE,
    10 * _MINUTE,
    30 * _MINUTE,
    1 * _HOUR,
    2 * _HOUR,
    4 * _HOUR,
    8 * _HOUR,
    8 * _HOUR,
)
"""After each attempt that failed; a day in all, then a person is told."""


def pause_after(attempt: int) -> timedelta | None:
    """How long to wait after the attempt of this number (from 1); None: give up."""
    return PAUSES[attempt - 1] if attempt <= len(PAUSES) else None


def may_have(events: Collection[Event], roles: Collection[Role]) -> Decision:
    """Whether somebody who holds `roles` may be told of `events`."""
    if not events:
        return Decision.no("Choose at least one event.")
    return Decision.unless(
        [
            f"Word of {event} needs the role of {' or '.join(AUDIENCE[event])}, "
            "which the owner is not granted."
            if event in AUDIENCE
            else "A test needs no subscription: send one from the webhook's page."
            for event in sorted(events)
            if not set(AUDIENCE.get(event, ())).intersection(roles)
        ]
    )


def may_be_called(url: str, *, plain: bool) -> Decision:
    """Whether an address can be a webhook's; `plain`: unencrypted ones are let through here.

    A private address behind a name is refused when it is called.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return Decision.no("This is not an address.")
    if len(url) > MOST_URL or not url.isascii() or any(sign <= " " for sign in url):
        return Decision.no(f"Write at most {MOST_URL} plain characters, without spaces.")
    if parts.scheme != "https" and not (plain and parts.scheme == "http"):
        return Decision.no("The address must start with https://.")
    if not host or parts.username is not None or parts.fragment:
        return Decision.no("Write a plain address: a host and a path, no name, password or #.")
    try:
        public = ip_address(host).is_global
    except ValueError:
        public = "." in host.strip(".") and not host.rstrip(".").endswith((".local", ".localhost"))
    if not public and not plain:
        return Decision.no("The address leads into a private network, where nothing is sent.")
    return Decision.yes()
