"""Sending a referral beside an interface: as a sealed folder that a liaison hands over, or by mail.

Every step may be repeated: what was written is found again, and what was recorded stays. Nothing
here reaches the agency, so that whatever fails has surely reached nobody.
"""

from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from casework.act import Hold
from casework.errors import Refused
from casework.mails import mailed, outgoing
from casework.mails.outgoing import Encrypted
from casework.papers import dossiers
from casework.papers.dossiers import Package
from casework.referring import sending
from casework.referring.sending import SendIntent
from evidence.bundle import BundleError
from evidence.dossier import DossierError
from evidence.vault import VaultError
from rules.delivery import Delivery
from tasks.office import office

UNWRITABLE = (BundleError, DossierError, VaultError, OSError)
"""What keeps a package or folder from being written on this side."""


def send(hold: Hold, intent: SendIntent) -> None:
    """Bring a referral on its way by the way it is intended."""
    try:
        _send(hold, intent)
    except Refused as refused:
        _not_sent(hold, intent, " ".join(refused.reasons))
    except UNWRITABLE as error:
        _not_sent(hold, intent, f"The package could not be made: {error}")


def _send(hold: Hold, intent: SendIntent) -> None:
    desk = office()
    if intent.way is Delivery.MAIL:
        if not intent.fresh and mailed.on_its_way(desk.db, hold.reference):
            return
        mailed.ensure_mailable(desk.db, intent.agency)
        package = pack(intent)
        encrypted = encrypt(intent, package)
        mailed.owe(desk.db, desk.act(hold), hold.reference, package.digest, encrypted)
        return
    package = pack(intent)
    folder = lay_ready(intent, package)
    where = f"{folder.parent.name}/{folder.name}"
    outgoing.settle_ready(desk.db, desk.act(hold), hold.reference, where, package.digest)


def _not_sent(hold: Hold, intent: SendIntent, why: str) -> None:
    desk = office()
    get_run_logger().warning("%s: %s", intent.reference, why)
    sending.settle_not_sent(desk.db, desk.act(hold), hold.reference, why)


@task(name="write the package", cache_policy=NO_CACHE)
def pack(intent: SendIntent) -> Package:
    """The referral's bundle as a file."""
    desk = office()
    return dossiers.write_referral(
        desk.db, desk.vault, intent, desk.bundles, desk.clock(), desk.seals()
    )


@task(name="lay the sealed folder ready", cache_policy=NO_CACHE)
def lay_ready(intent: SendIntent, package: Package) -> Path:
    """The folder with package, receipt sheet and sums."""
    desk = office()
    return outgoing.seal_folder(desk.db, package, intent, desk.outgoing, desk.clock(), desk.seals())


@task(name="encrypt the package to the agency", cache_policy=NO_CACHE)
def encrypt(intent: SendIntent, package: Package) -> Encrypted:
    """The file that the mail brings."""
    desk = office()
    return outgoing.encrypt(desk.db, package, intent, desk.outgoing, desk.clock())
