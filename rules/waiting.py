"""What a test buy waits for at each stage: the name that the board and the flow run's state carry.

Owns the names ("Waiting for verdict") and the role that is waited for. Leaves how long to
`rules.deadlines`.
"""

from dataclasses import dataclass

from rules.lifecycle import Stage
from rules.roles import Role


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wait: its name, and whose turn it is (None: nobody's, the test buy has ended)."""

    name: str
    role: Role | None


ADOPTION = Waiting("Waiting for adoption", Role.ANALYST)
APPROVAL = Waiting("Waiting for approval", Role.APPROVER)
BUYER = Waiting("Waiting for buyer", Role.ANALYST)
SUCCESSOR = Waiting("Waiting for another buyer", Role.ANALYST)
ORDER = Waiting("Waiting for order", Role.BUYER)
ORDER_ANSWER = Waiting("Waiting for order answer", Role.ANALYST)
CANCELLATION = Waiting("Waiting for cancellation", Role.PROGRAMME)
PARCEL = Waiting("Waiting for parcel", Role.BUYER)
PHOTOS = Waiting("Waiting for photos", Role.BUYER)
TRANSFER_PHOTOS = Waiting("Waiting for transfer photos", Role.CLERK)
ANOTHER_PHOTO = Waiting("Waiting for another photo", Role.BUYER)
INTAKE = Waiting("Waiting for intake", Role.CLERK)
SUBMISSION = Waiting("Waiting for submission", Role.PROGRAMME)
VERDICT = Waiting("Waiting for verdict", Role.AUTHENTICATOR)
CONCLUSION = Waiting("Waiting for conclusion", Role.PROGRAMME)
DECISION = Waiting("Waiting for decision", Role.ANALYST)
HELD = Waiting("Held", Role.ANALYST)
REFERRAL_APPROVAL = Waiting("Waiting for referral approval", Role.LIAISON)
SENDING = Waiting("Waiting for sending", Role.PROGRAMME)
SENDING_ANSWER = Waiting("Waiting for sending answer", Role.LIAISON)
SENDING_DECISION = Waiting("Waiting for sending decision", Role.LIAISON)
AGENCY = Waiting("Waiting for agency", Role.LIAISON)
CLOSED = Waiting("Closed", None)
DECLINED = Waiting("Declined", None)
ABANDONED = Waiting("Abandoned", None)

ON_ENTRY: dict[Stage, Waiting] = {
    Stage.REQUESTED: APPROVAL,
    Stage.AUTHORISED: BUYER,
    Stage.ASSIGNED: ORDER,
    Stage.ORDERED: PARCEL,
    Stage.RECEIVED: PHOTOS,
    Stage.DOCUMENTED: INTAKE,
    Stage.SUBMITTED: VERDICT,
    Stage.JUDGED: DECISION,
    Stage.REFERRED: AGENCY,
    Stage.CLOSED: CLOSED,
    Stage.DECLINED: DECLINED,
    Stage.ABANDONED: ABANDONED,
}
"""What a test buy waits for on reaching a stage, where its move says nothing else."""
