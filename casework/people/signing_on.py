"""A single sign-on under way: what its answer must fit.

Owns the state that goes out with the browser and comes back with it once: bound to that browser,
kept as a digest, gone when it is read. Leaves the provider to `connectors.sign_on`, and whose
account it opens to `casework.people.binding`.
"""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.act import Act
from casework.errors import Refused
from casework.people import binding, log_ins
from casework.people.log_ins import Device, NewLogIn
from connectors.sign_on import Provider, SignOnError
from rules.roles import Role
from storage.rows import add, one, remove, table_of
from storage.session import Database
from storage.tables import SignOn

VALID = timedelta(minutes=10)
_OVER = "This sign-on was used, has expired, or was begun in another browser. Begin it again."
_sign_ons = table_of(SignOn).c


@dataclass(frozen=True, slots=True)
class Begun:
    """`address`: where the browser goes. `browser`: what it keeps, to be known when it is back."""

    address: str
    browser: str


def begin(
    db: Database, provider: Provider, redirect: str, wanted: str, now: datetime, seed: bytes
) -> Begun:
    """Begin a sign-on that leads back to `redirect`, and then to `wanted`. Refused where the
    provider can't be asked.
    """
    chance = Act(Role.PROGRAMME, now, seed)
    state, browser, nonce = (chance.token(word, 52) for word in ("state", "browser", "nonce"))
    verifier = urlsafe_b64encode(hashlib.sha256(chance.salt("verifier")).digest()).decode()
    verifier = verifier.rstrip("=")
    try:
        address = provider.address(redirect=redirect, state=state, nonce=nonce, verifier=verifier)
    except SignOnError as error:
        raise Refused(str(error)) from error
    with db.write() as tx:
        remove(tx, SignOn, _sign_ons.expires_at <= now)
        add(
            tx,
            SignOn,
            state_digest=log_ins.digest_of(state),
            browser_digest=log_ins.digest_of(browser),
            nonce=nonce,
            verifier=verifier,
            wanted=wanted,
            expires_at=now + VALID,
        )
    return Begun(address, browser)


def finish(
    db: Database,
    provider: Provider,
    *,
    state: str,
    browser: str,
    code: str,
    redirect: str,
    two_factors: frozenset[str],
    now: datetime,
    seed: bytes,
    device: Device,
) -> tuple[NewLogIn, str]:
    """Begin the log-in of whom the provider vouches for; gives it, and where they were going.

    `two_factors`: the words of `amr` that stand for more than one factor. Refused otherwise.
    """
    with db.write() as tx:
        row = one(tx, SignOn, state_digest=log_ins.digest_of(state), lock=True)
        # Read once, whatever comes of it: a state that was seen is worth nothing any more.
        remove(tx, SignOn, _sign_ons.state_digest == log_ins.digest_of(state))
    if row is None or row.expires_at <= now or row.browser_digest != log_ins.digest_of(browser):
        raise Refused(_OVER)
    try:
        vouched = provider.vouch(
            code=code, redirect=redirect, nonce=row.nonce, verifier=row.verifier, now=now
        )
    except SignOnError as error:
        raise Refused(str(error)) from error
    begun = binding.let_in(
        db,
        vouched,
        two_factors=bool(vouched.methods & two_factors),
        now=now,
        seed=seed,
        device=device,
    )
    return begun, row.wanted
