"""What `doctor` says of seals: the key that signs, the time-stamp authority, the anchors.

Owns when each counts as troubled. The authority is asked for a stamp of nothing in particular, as
an anchor's statement would be; nothing of it is kept.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from casework.clock import anchoring
from casework.errors import Refused
from casework.record import keys
from casework.record.keystate import KeyFault, faults
from casework.settings import Settings
from cli.doctor.finding import Finding, troubled, well
from connectors.http import Timeouts
from connectors.timestamping import HttpTimestamping, TimestampingError
from evidence import timestamps
from evidence.signatures import Signer
from storage.rows import one
from storage.session import Transaction
from storage.tables import SigningCertificate

ANCHORED_EVERY = timedelta(minutes=30)
"""An anchor is made every ten minutes; after three it is late."""

STAMPED_WITHIN = timedelta(hours=1)
SKEW = timedelta(seconds=30)
_QUICK = Timeouts(connect_s=2, read_s=5, total_s=5)
_PROBE = b"testbuy doctor"
_MAKE = "testbuy keys make, or testbuy keys import"


def signing_key(settings: Settings, tx: Transaction, now: datetime) -> Iterator[Finding]:
    """Whether a key is there, opens, is the one on record, is valid, and is no demonstration's."""
    file = settings.signing_key
    standing = one(tx, SigningCertificate, retired_at=None)
    try:
        signer = keys.current(file, settings.signing_password)
    except Refused as refused:
        mend = "set TESTBUY_SIGNING_PASSWORD here as it is set for the portal and the worker"
        yield troubled("signing key", " ".join(refused.reasons), mend)
        return
    except OSError as error:
        mend = f"give this user, and nobody else, the right to read {file}"
        yield troubled("signing key", f"{file} can't be read: {error.strerror}", mend)
        return
    if signer is None:
        state = "there is none: dossiers and bundles leave unsigned"
        if standing is not None:
            state = f"{standing.subject} is on record to sign, and {file} is not there"
        yield troubled("signing key", state, f"{_MAKE}; or restore {file} from its backup")
        return
    wrong = False
    for state, mend in _faults_of(settings, signer, tx, now):
        wrong = True
        yield troubled("signing key", state, mend)
    if not wrong:
        days = keys.days_left(signer, now)
        yield well("signing key", f"{signer.subject} signs, for another {days} days")


def _faults_of(
    settings: Settings, signer: Signer, tx: Transaction, now: datetime
) -> Iterator[tuple[str, str]]:
    subject, days = signer.subject, keys.days_left(signer, now)
    file = settings.signing_key
    said = {
        KeyFault.UNRECORDED: (f"{file} holds {subject}, which is not on record", _MAKE),
        KeyFault.RETIRED: (f"{file} holds {subject}, which was retired", _MAKE),
        KeyFault.EXPIRED: (f"{subject} has EXPIRED: what it signs now will not be accepted", _MAKE),
        KeyFault.NOT_YET: (f"{subject} is not valid yet", "is this machine's clock right?"),
        KeyFault.ENDS_SOON: (f"{subject} expires in {days} days", f"{_MAKE}, before that"),
        KeyFault.DEMO: (
            f"{subject} is a demonstration's: nothing that it signs is evidence",
            _MAKE,
        ),
        KeyFault.READABLE: (
            f"{file} can be read by other users of this machine",
            f"chmod 600 {file}",
        ),
    }
    for fault in faults(settings, signer, tx, now):
        yield said[fault]


def authority(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether the time-stamp authority answers, is believed, and has the time this machine has."""
    if not settings.timestamp_url:
        state = "none is configured: what dates the anchors is where their files are sent to"
        yield well("time stamps", f"{state} ({settings.home / 'anchors'})")
        return
    try:
        roots = settings.timestamp_authorities()
    except (OSError, ValueError) as error:
        yield troubled(
            "time stamps",
            f"the certificates in {settings.timestamp_roots} can't be read: {error}",
            "name a file of certificates (PEM) in TESTBUY_TIMESTAMP_ROOTS",
        )
        return
    query = timestamps.request(_PROBE, policy=settings.timestamp_policy)
    url = settings.timestamp_url
    try:
        with HttpTimestamping(url, timeouts=_QUICK) as asked:
            stamp = timestamps.answered(asked.ask(query), query, roots)
    except ValueError as error:
        mend = (
            "are TESTBUY_TIMESTAMP_URL, …_ROOTS and …_POLICY those of this authority? Anchors wait "
            "for their stamps meanwhile"
        )
        yield troubled("time stamps", f"{url}: {error}", mend)
        return
    except TimestampingError as error:
        mend = "is the authority up? Anchors wait for their stamps meanwhile, and nothing is lost"
        yield troubled("time stamps", f"{url}: {error}", mend)
        return
    yield well("time stamps", f"{url} stamps under the policy {stamp.policy}")
    yield _skew(stamp.at - now, stamp.accuracy or timedelta())


def _skew(ahead: timedelta, accuracy: timedelta) -> Finding:
    off, way = abs(ahead), "behind" if ahead > timedelta() else "ahead of"
    seconds = f"{off.total_seconds():.0f} s"
    if off > SKEW + accuracy:
        state = f"this machine is {seconds} {way} the authority's: what it dates is dated wrong"
        return troubled("clock", state, "set the clock, and keep it with NTP (timedatectl)")
    return well("clock", f"within {seconds} of the authority's")


def anchors(settings: Settings, tx: Transaction, now: datetime) -> Iterator[Finding]:
    """Whether ledgers are anchored in time, and anchors stamped and exported."""
    stands = anchoring.standing(tx)
    wrong = False
    last = (
        f"the last anchor is of {stands.newest:%Y-%m-%d %H:%M} UTC"
        if stands.newest
        else ("there is no anchor yet")
    )
    if stands.newest and stands.newest > now + SKEW:
        wrong = True
        yield troubled("anchors", f"{last}, which is yet to come", "set this machine's clock")
    if stands.owed_since and stands.owed_since < now - ANCHORED_EVERY:
        wrong = True
        state = f"{last}; what was written since {_ago(now, stands.owed_since)} is in none"
        yield troubled("anchors", state, "are worker and Prefect up? testbuy up")
    if settings.timestamp_url and stands.unstamped_since:
        waits = f"{stands.unstamped} wait for a time stamp, for {_for(now, stands.unstamped_since)}"
        if stands.unstamped_since < now - STAMPED_WITHIN:
            wrong = True
            yield troubled("anchors", waits, "see the line on time stamps; each run asks again")
        else:
            last += f"; {waits}"
    folder = settings.home / "anchors"
    missing = [
        number
        for number in anchoring.newest_numbers(tx)
        if not (folder / f"anchor-{number:06d}.json").is_file()
    ]
    if missing and stands.newest and stands.newest < now - ANCHORED_EVERY:
        wrong = True
        state = f"anchor {missing[0]} is not in {folder}: it has not left the database"
        yield troubled("anchors", state, f"is there room in {folder}? The next run exports again")
    if not wrong:
        age = f", {_for(now, stands.newest)} ago" if stands.newest else ""
        yield well("anchors", f"{last}{age}")


def _for(now: datetime, since: datetime) -> str:
    minutes = int((now - since).total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"


def _ago(now: datetime, at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC ({_for(now, at)} ago)"
