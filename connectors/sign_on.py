"""Single sign-on: a provider of OpenID Connect tells who somebody is (authorization code, PKCE).

Owns discovery, the exchange of the code and the judgement of the ID token: signature by the
provider's keys, issuer, audience, nonce, expiry, and whose word the address is. Leaves
what a state is bound to, and who may come in, to `casework.people.signing_on`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from connectors.answers import parse_json
from connectors.errors import ConnectorError, ProtocolError

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "Ed25519")
"""Signatures by a key of the provider's alone: none, and none that a client's secret could make."""
LEEWAY_S = 60
LONGEST_SUBJECT = 255
"""As OpenID Connect Core 1.0 has it (section 2)."""
ANSWER_LIMIT = 1024 * 1024
_TIMEOUT_S = 10.0
_DISCOVERY_S = 3600.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class SignOnError(ConnectorError):
    """The provider could not be asked, or its answer is not one to let anybody in by."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for, by address, and how it knew them (`amr`).

    `issuer` and `subject` together are one person for good: a subject is never given to another.
    """

    issuer: str
    subject: str
    email: str
    methods: frozenset[str]


@dataclass
class Provider:
    """The provider at `issuer`, where we are the client `client_id`.

    `email_claim` holds the person's e-mail address. Beside `email`, `email_verified` must be true;
    of any other claim it says nothing (OpenID Connect Core 1.0, 5.1), and the organisation that
    names another one answers for it.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    email_claim: str = "email"
    _document: dict[str, Any] = field(default_factory=dict, repr=False)
    _read_at: float = field(default=float("-inf"), repr=False)

    def __post_init__(self) -> None:
        _ensure_private(self.issuer)

    def address(self, *, redirect: str, state: str, nonce: str, verifier: str) -> str:
        """Where the browser is sent to."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        endpoint = self._endpoint("authorization_endpoint")
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"

    def vouch(
        self, *, code: str, redirect: str, nonce: str, verifier: str, now: datetime
    ) -> Vouched:
        """Exchange the code the browser brought back for whom it stands for. Raises SignOnError."""
        with httpx.Client(timeout=_TIMEOUT_S, trust_env=False) as http:
            token = self._exchange(http, code, redirect, verifier)
            claims = self._judged(http, token, nonce, now)
            if self.email_claim not in claims and "userinfo_endpoint" in self._document:
                claims = self._with_userinfo(http, token, claims)
        email = claims.get(self.email_claim)
        if not isinstance(email, str) or "@" not in email:
            raise SignOnError("Your organisation did not say what your e-mail address is.")
        if self.email_claim == "email" and claims.get("email_verified") is not True:
            raise SignOnError("Your organisation has not verified your e-mail address.")
        subject, methods = claims.get("sub"), claims.get("amr")
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise SignOnError("Your organisation's answer names nobody.")
        return Vouched(
            self.issuer, subject, email, frozenset(methods if isinstance(methods, list) else ())
        )

    def _exchange(
        self, http: httpx.Client, code: str, redirect: str, verifier: str
    ) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
        }
        endpoint = self._endpoint("token_endpoint")
        ways = self._document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if "client_secret_basic" in ways:
            answer = _asked(
                http, "POST", endpoint, data=form, auth=(self.client_id, self.client_secret)
            )
        else:
            mine = {"client_id": self.client_id, "client_secret": self.client_secret}
            answer = _asked(http, "POST", endpoint, data=form | mine)
        if not isinstance(answer.get("id_token"), str):
            raise SignOnError("Your organisation's answer names nobody.")
        return answer

    def _judged(
        self, http: httpx.Client, token: Mapping[str, Any], nonce: str, now: datetime
    ) -> dict[str, Any]:
        keys = _asked(http, "GET", self._endpoint("jwks_uri"))
        try:
            read = jwt.decode(
                token["id_token"],
                KeySet.import_key_set(keys),  # pyright: ignore[reportArgumentType] - is judged there
                algorithms=list(ALGORITHMS),
            )
            claims = CodeIDToken(
                read.claims,
                read.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self.client_id},
                },
                {
                    "nonce": nonce,
                    "client_id": self.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            # What exactly is wrong helps whoever forges it; the class is for the log.
            raise SignOnError(
                f"Your organisation's answer is not to be believed ({type(error).__name__})."
            ) from error
        return dict(claims)

    def _with_userinfo(
        self, http: httpx.Client, token: Mapping[str, Any], claims: dict[str, Any]
    ) -> dict[str, Any]:
        bearer = {"authorization": f"Bearer {token.get('access_token')}"}
        said = _asked(http, "GET", self._endpoint("userinfo_endpoint"), headers=bearer)
        if said.get("sub") != claims.get("sub"):
            raise SignOnError("Your organisation's two answers name different persons.")
        return dict(said) | claims

    def _endpoint(self, name: str) -> str:
        if time.monotonic() - self._read_at > _DISCOVERY_S:
            where = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            with httpx.Client(timeout=_TIMEOUT_S, trust_env=False) as http:
                document = _asked(http, "GET", where)
            if document.get("issuer") != self.issuer:
                raise SignOnError("The provider of single sign-on gives another name than ours.")
            self._document, self._read_at = dict(document), time.monotonic()
        endpoint = self._document.get(name)
        if not isinstance(endpoint, str):
            raise SignOnError(f"The provider of single sign-on names no {name}.")
        _ensure_private(endpoint)
        return endpoint


def _asked(http: httpx.Client, method: str, url: str, **what: Any) -> Mapping[str, Any]:
    """The JSON object that comes back."""
    try:
        with http.stream(method, url, headers=what.pop("headers", None), **what) as answer:
            body = b""
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > ANSWER_LIMIT:
                    raise SignOnError("The provider of single sign-on answers without an end.")
    except httpx.HTTPError as error:
        raise SignOnError("The provider of single sign-on can't be reached now.") from error
    if answer.status_code != httpx.codes.OK:
        raise SignOnError(f"The provider of single sign-on said no ({answer.status_code}).")
    try:
        said = parse_json(body)
    except ProtocolError as error:
        raise SignOnError("The provider of single sign-on answered something else.") from error
    if not isinstance(said, dict):
        raise SignOnError("The provider of single sign-on answered something else.")
    return said


def _ensure_private(address: str) -> None:
    where = urlsplit(address)
    if where.scheme != "https" and not (where.scheme == "http" and where.hostname in _LOOPBACK):
        raise SignOnError("The provider of single sign-on must be reached by https.")
