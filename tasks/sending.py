"""The agency's part: handing a referral over, and asking what became of it."""

from collections.abc import Callable

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from casework.act import Hold
from casework.errors import Refused
from casework.papers import dossiers
from casework.referring import answering, sending
from casework.referring.sending import SendIntent
from connectors.agency import PackageUnreadable, ReferralPackage, Submission
from connectors.errors import (
    ConnectorError,
    OutcomeUnknown,
    ProtocolError,
    RefusedThere,
    Unreachable,
)
from evidence.bundle import BundleError
from evidence.dossier import DossierError
from evidence.vault import VaultError
from rules.delivery import Delivery
from rules.referral import ReferralState
from storage import watching
from tasks import beside
from tasks.office import office
from tasks.slots import slot

UNWRITABLE = (BundleError, DossierError, VaultError, OSError, Refused)
"""What keeps a package from being written on this side; nothing is handed over then."""
HELD_THERE = "key_reused"
"""The one refusal that says that the agency has something under our key already."""


def send_referral(hold: Hold) -> None:
    """Send the approved referral whose sending falls to this test buy, once and never twice."""
    desk = office()
    intent = sending.intend_sending(desk.db, desk.act(hold), hold.reference)
    if intent is None:
        return
    if intent.way is not Delivery.INTERFACE:
        beside.send(hold, intent)
        return
    if desk.agency is None:
        why = "No agency with an interface is configured: hand the package over by hand."
        _not_handed_over(hold, intent, why, surely=True)
        return
    reference = hold.reference
    try:
        package = write_package(intent)
    except Refused as refused:
        # Such as: the full level is agreed to, and the agency has no certificate to encrypt to.
        _not_handed_over(hold, intent, " ".join(refused.reasons), surely=True)
        return
    except UNWRITABLE as error:
        _not_handed_over(hold, intent, f"The package could not be made: {error}", surely=True)
        return
    try:
        submission = hand_over(intent, package)
    except (OutcomeUnknown, ProtocolError):
        sending.settle_sending_unknown(desk.db, desk.act(hold), reference)
    except Unreachable:
        sending.put_off_sending(desk.db, desk.act(hold), reference, fresh=intent.fresh)
    except RefusedThere as refused:
        why = f"The agency's interface turned it away: {refused.message} ({refused.code})"
        _not_handed_over(hold, intent, why, surely=refused.code != HELD_THERE)
    except PackageUnreadable as unreadable:
        _not_handed_over(hold, intent, str(unreadable), surely=True)
    else:
        sending.settle_sent(
            desk.db,
            desk.act(hold),
            reference,
            number=submission.number,
            bundle_digest=package.bundle_digest,
        )


def _not_handed_over(hold: Hold, intent: SendIntent, why: str, *, surely: bool) -> None:
    """This call did nothing there; an earlier one of an intent that is not fresh may have."""
    desk = office()
    get_run_logger().warning("%s: %s", intent.reference, why)
    if surely and intent.fresh:
        sending.settle_not_sent(desk.db, desk.act(hold), hold.reference, why)
    else:
        sending.settle_sending_unknown(desk.db, desk.act(hold), hold.reference)


def ask_agencies(keep: Callable[[], None]) -> int:
    """Ask about every referral an agency has not decided on; gives how many were asked about.

    `keep` is called before each question: this may take long, and holds on to the duty.
    """
    desk = office()
    if desk.agency is None:
        return 0
    with desk.db.read() as tx:
        waiting = watching.open_referrals(tx)
    for referral in waiting:
        keep()
        try:
            submission = desk.agency.by_key(referral.key)
        except ConnectorError as error:
            get_run_logger().warning("%s: %s", referral.reference, error)
            continue
        if submission is None or submission.state == "received":
            continue
        try:
            answering.record_told(
                desk.db,
                desk.act(),
                referral.reference,
                state=ReferralState(submission.state),
                number=submission.number,
                reason=submission.reason or "",
                reason_code=submission.reason_code,
            )
        except Refused as refused:
            get_run_logger().warning("%s: %s", referral.reference, refused)
    return len(waiting)


@task(name="write the package", cache_policy=NO_CACHE)
def write_package(intent: SendIntent) -> ReferralPackage:
    """The referral's bundle as a file, and the summary that goes with it."""
    desk = office()
    written = dossiers.write_referral(
        desk.db, desk.vault, intent, desk.bundles, desk.clock(), desk.seals()
    )
    return ReferralPackage(
        reference=intent.reference,
        summary={
            "operator": intent.operator,
            "grounds": list(intent.grounds),
            "testbuys": list(intent.testbuys),
        },
        bundle_digest=written.digest,
        bundle_path=written.path,
    )


@task(
    name="hand the referral over",
    cache_policy=NO_CACHE,
    retries=2,
    retry_delay_seconds=[1, 4],
    retry_condition_fn=lambda _task, _run, state: isinstance(
        state.result(raise_on_failure=False), Unreachable
    ),
)
def hand_over(intent: SendIntent, package: ReferralPackage) -> Submission:
    """The submission under the intent's key; tried again only where surely nothing was done."""
    agency = office().agency
    assert agency is not None  # the caller has looked
    with slot("agency"):
        if not intent.fresh and (submission := agency.by_key(intent.key)):
            return submission
        return agency.submit(intent.key, package)
