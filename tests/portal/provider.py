"""A small provider of OpenID Connect on loopback, which can answer wrongly in every way."""

from __future__ import annotations

import hashlib
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.portal.small_world import Server

CLIENT, SECRET = "testbuys", "kept between the two"


def key() -> RSAKey:
    """A key of the provider's kind."""
    return RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig"})


@dataclass
class Provider:
    """Logs in whoever asks as `claims` says; `claims` override what a right token holds."""

    now: float = field(default_factory=time.time)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] | None = None
    key: RSAKey = field(default_factory=key)
    signs_with: Any = None
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    exchanged: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server = Server(self._app())
        self.issuer = self.server.url

    def _app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def discovery() -> dict[str, Any]:
            named = {
                f"{name}_endpoint": f"{self.issuer}/{name}"
                for name in ("authorization", "token", "userinfo")
                if name != "userinfo" or self.userinfo is not None
            }
            return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **named}

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            return {"keys": [self.key.as_dict(private=False)]}

        @app.get("/authorization")
        def authorization(request: Request) -> RedirectResponse:
            asked = dict(request.query_params)
            code = secrets.token_urlsafe(16)
            self._codes[code] = asked
            return RedirectResponse(
                f"{asked['redirect_uri']}?code={code}&state={asked['state']}", 303
            )

        @app.post("/token")
        async def token(request: Request) -> JSONResponse:
            form = {name: str(value) for name, value in (await request.form()).items()}
            self.exchanged.append(form | {"auth": request.headers.get("authorization", "")})
            asked = self._codes.pop(form["code"], None)
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = urlsafe_b64encode(digest).decode().rstrip("=")
            if asked is None or challenge != asked["code_challenge"]:
                return JSONResponse({"error": "invalid_grant"}, 400)
            return JSONResponse(
                {
                    "access_token": "a",
                    "token_type": "Bearer",
                    "id_token": self._token(asked["nonce"]),
                }
            )

        @app.get("/userinfo")
        def userinfo() -> dict[str, Any] | None:
            return self.userinfo

        return app

    def _token(self, nonce: str) -> str:
        claims = {
            "iss": self.issuer,
            "sub": "17",
            "aud": CLIENT,
            "iat": int(self.now),
            "exp": int(self.now) + 300,
            "nonce": nonce,
            "email": "approver@example.org",
            "email_verified": True,
        }
        claims |= self.claims
        header = {"alg": "RS256", "kid": "one"} | self.header
        said = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(header, said, self.signs_with or self.key, algorithms=[header["alg"]])
