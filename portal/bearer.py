"""Who asks through the API: the token of the `Authorization` header, and nothing else.

A browser's session is not looked at here: a cookie goes along with a request that another site
made a browser send, a bearer token never does, so that the API needs no form token. It also keeps
what a program may do apart from what its owner may do at the desk: the token's scopes are the
limit, not the log-in.
"""

from fastapi import Request

from casework.people import tokens
from portal.fields import Invalid
from portal.visit import Visitor, database, now
from rules.scopes import Scope


class NoToken(Exception):  # noqa: N818 - says what is the matter
    """No live token came with the request."""


class OutOfScope(Exception):  # noqa: N818
    """The token lacks the route's scope."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"This token has no scope {scope}. Ask for one that has it.")
        self.scope = scope


def bearer(request: Request, scope: Scope) -> Visitor:
    """The owner of the request's token, with the roles they hold now and no role chosen yet.

    Raises NoToken, OutOfScope, and Invalid where a parameter is given twice: which of them was
    meant would be a guess.
    """
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    found = None
    if kind.lower() == "bearer":
        found = tokens.bearer(database(request), token.strip(), now(request))
    if found is None:
        raise NoToken
    if scope not in found.scopes:
        raise OutOfScope(scope)
    given = request.query_params.multi_items()
    if twice := len(given) - len(request.query_params):
        raise Invalid({"query": f"Give each parameter once; {twice} are given again."})
    return Visitor(found.person_id, found.name, found.roles, "", None, token=found.token_id)
