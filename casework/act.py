"""Who acts, when, and by what chance: what every change is told by the door it came through."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from rules.roles import Role


@dataclass(frozen=True, slots=True)
class Hold:
    """A test buy's lease, held by a flow run. `fence` is checked by every write of the run."""

    reference: str
    holder: str
    fence: int


@dataclass(frozen=True, slots=True)
class Act:
    """One action: a person in a role, or the programme (`person` None) with its hold.

    `now` is the door's clock, aware UTC. `seed` is the door's chance, 32 bytes; everything random
    in the change is derived from it, so that a test can repeat it.
    """

    role: Role
    now: datetime
    seed: bytes
    person: int | None = None
    hold: Hold | None = None

    def token(self, purpose: str, characters: int = 22) -> str:
        """An unguessable word in base32, lower case, for `purpose` (5 bits a character)."""
        digest = hmac.digest(self.seed, purpose.encode(), hashlib.sha256)
        return base64.b32encode(digest).decode().lower()[:characters]

    def salt(self, purpose: str) -> bytes:
        """16 unguessable bytes for `purpose`."""
        return hmac.digest(self.seed, b"salt:" + purpose.encode(), hashlib.sha256)[:16]

    @property
    def by(self) -> str:
        """How the ledger names the one who acts: a role and a number, never a name."""
        return f"{self.role}:{self.person}" if self.person else str(self.role)
