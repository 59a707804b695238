"""Who may hand in a photo of a test buy, for which shot, and at which stage.

Owns that buyers photograph their own test buys, and receiving desks the seals of what was consigned
to them. Leaves judging a photo to `rules.gates`, and keeping it to `casework.intake.photographing`.
"""

from casework.act import Act
from casework.custody.sides import reaches
from casework.errors import NotFound, Refused
from casework.move import ensure_own
from rules.lifecycle import Stage
from rules.roles import Role
from storage.rows import every
from storage.session import Transaction
from storage.tables import Exhibit, TestBuy

_TAKING = (Stage.ASSIGNED, Stage.ORDERED, Stage.RECEIVED, Stage.DOCUMENTED, Stage.SUBMITTED)
_TRAVELLING = (
    Stage.DOCUMENTED, Stage.SUBMITTED, Stage.JUDGED, Stage.REFERRED, Stage.CLOSED, Stage.ABANDONED,
)  # fmt: skip
"""Stages at which an exhibit may be under way, and its seals are photographed."""
DESK_SHOTS = ("T02", "T03")


def ensure_may_photograph(
    tx: Transaction, act: Act, testbuy: TestBuy, shot: str | None = None
) -> None:
    """Refuse whose photo of this shot it is not, or the stage; None: any photo of the parcel."""
    if act.role is Role.BUYER:
        ensure_own(act, testbuy)
    elif act.role is Role.DESK:
        exhibits = every(tx, Exhibit, testbuy_id=testbuy.id)
        if not any(reaches(tx, act.person, exhibit.id) for exhibit in exhibits):
            raise NotFound("There is no such exhibit for your desk.")
        if shot not in DESK_SHOTS:
            raise Refused(f"A receiving desk takes the photos {' and '.join(DESK_SHOTS)}.")
    elif act.role not in {Role.CLERK, Role.SUPERVISOR}:
        raise Refused(f"Photos come from the buyer or a clerk; you act as {act.role}.")
    travels = shot is not None and shot.startswith("T") and testbuy.stage in _TRAVELLING
    if testbuy.stage not in _TAKING and not travels:
        if act.role is Role.DESK:
            raise Refused("No photos of this exhibit are taken now. Ask whoever sent it.")
        raise Refused(
            f"{testbuy.reference} is {testbuy.stage}; no photos are taken now.",
            stage=testbuy.stage,
        )
