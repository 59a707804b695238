"""A hand at Prefect's own pages: launches by its form; sweeps, mails and anchors in a hurry."""

import contextlib
import secrets
import threading
from collections.abc import Callable

from connectors.prefect_answers import PrefectBusy, PrefectError, PrefectUnreachable
from connectors.prefect_api import PrefectApi
from simulator import plot
from simulator.stories import Story

SWEEP, MAIL = ("sweep/sweep", 3.0), ("mail/mail", 10.0)
"""A deployment, and after how many seconds it is run again."""
ANCHOR_SECONDS = 30
"""How long an anchor may take."""
UNDER_WAY = ("SCHEDULED", "PENDING", "RUNNING")


class ControlRoomHand:
    """Acts through Prefect's API, as its pages do, until `stops` is set."""

    def __init__(self, prefect_api: str, stops: threading.Event) -> None:
        self._prefect_api = prefect_api
        self._stops = stops

    def launch(self, running: Callable[[str], bool]) -> None:
        """Paste a list of flags for each campaign, once it is `running`, and one without any."""
        groups: dict[str | None, list[Story]] = {}
        for each in plot.STORIES:
            if each.launched == plot.CONTROL_ROOM:
                groups.setdefault(each.campaign, []).append(each)
        with PrefectApi(self._prefect_api) as prefect:
            for campaign, stories in groups.items():
                while campaign and not running(campaign):
                    if self._stops.wait(0.5):
                        return
                launch = {
                    "flags": "\n".join(f"FL-{int(each.listing_id[2:]):06d}" for each in stories),
                    "purpose": stories[0].purpose,
                    "campaign": campaign,
                    "route": "interface" if stories[0].interface else "by_hand",
                }
                self._create(prefect, "launch/launch", {"launch": launch})

    def repeat(self, deployment: str, seconds: float) -> None:
        """One run after another; the steady schedules of `prefect.yaml` go on beside them."""
        last: str | None = None
        with PrefectApi(self._prefect_api) as prefect:
            while not self._stops.wait(seconds):
                with contextlib.suppress(PrefectError):
                    if last is None or prefect.flow_run(last).state_type not in UNDER_WAY:
                        last = self._create(prefect, deployment, {})

    def anchor(self) -> None:
        """One anchor now, ahead of its schedule, so that what is left behind holds its proofs."""
        with PrefectApi(self._prefect_api) as prefect, contextlib.suppress(PrefectError):
            run = self._create(prefect, "anchor/anchor", {})
            for _ in range(ANCHOR_SECONDS):
                if run is None or prefect.flow_run(run).state_type not in UNDER_WAY:
                    return
                if self._stops.wait(1):
                    return

    def _create(
        self, prefect: PrefectApi, deployment: str, parameters: dict[str, object]
    ) -> str | None:
        key = secrets.token_hex(16)
        for _ in range(20):
            try:
                return prefect.create_flow_run(
                    deployment, parameters, key, tags=["demonstration"]
                ).id
            except (PrefectBusy, PrefectUnreachable):
                if self._stops.wait(0.5):
                    break
        return None
