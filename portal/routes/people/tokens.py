"""Tokens of the API: making one, which is shown once, and revoking it."""

from contextlib import nullcontext
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.people import tokens as made
from portal.fields import fields
from portal.once import sent_once
from portal.pages import again, done, page
from portal.paging import turn
from portal.proving import proof_of
from portal.visit import act, database, now, number, visitor
from rules.roles import Role
from rules.scopes import ROLES, Scope

router = APIRouter(prefix="/tokens")
_USUAL_DAYS = 180


@router.get("", name="tokens")
def tokens(request: Request) -> HTMLResponse:
    """One's own tokens, or for an administrator everybody's."""
    return _show(request)


@router.post("", name="token_make")
@again(tokens)
def token_make(request: Request) -> Response:
    """Make a token; it is shown once."""
    form = fields(request)
    name, owner = form.text("name", limit=80), form.maybe("owner", limit=200)
    scopes = form.words("scopes", Scope)
    if not scopes:
        form.errors["scopes"] = "Choose at least one."
    days = form.number("days", least=1, most=made.LONGEST.days)
    form.check()
    # What seals verdicts stands for its owner's signature from now on.
    signs = Scope.VERDICTS_WRITE in scopes and Role.AUTHENTICATOR in visitor(request).roles
    with proof_of(request) if signs else nullcontext() as proof:
        # Tries of a code are counted whatever comes of the form, so that they stay outside of it.
        return sent_once(
            request,
            lambda: _show(
                request,
                made.make_token(
                    database(request),
                    act(request),
                    name=name,
                    scopes=scopes,
                    valid_for=timedelta(days=days),
                    owner=owner,
                    proof=proof,
                ),
            ),
        )


@router.post("/{token_id}/revoke", name="token_revoke")
@again(tokens)
def token_revoke(request: Request) -> Response:
    """End a token at once."""
    made.revoke_token(database(request), act(request), number(request, "token_id"))
    return done("/tokens", "saved")


def _show(request: Request, new: made.NewToken | None = None) -> HTMLResponse:
    who = visitor(request)
    administers = Role.ADMINISTRATOR in who.roles
    fitting = [each for each in Scope if administers or who.roles.intersection(ROLES[each])]
    return page(
        request,
        "people/tokens.html",
        view=made.tokens(
            database(request),
            now(request),
            None if administers else who.person_id,
            turn(request),
        ),
        new=new,
        administers=administers,
        scopes=fitting,
        needs=ROLES,
        days=_USUAL_DAYS,
    )
