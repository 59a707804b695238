"""Whether one photo does for its shot: what a machine can say about it.

Owns the gates per kind (domain: section 4) and the sentences that tell a buyer what to do. Leaves
measuring a picture to `evidence`, near-duplicates and waivers to `casework`, and what no machine
reads to a clerk. Nothing here decides whether a photo is kept: every photo is.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rules.shots import Medium, Proof, Shot, ShotKind

# The zones of the world: a clock that names no zone is between these ahead of UTC.
_WEST = timedelta(hours=-12)
_EAST = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was measured on one file.

    `long_edge` in pixels. `sharpness`: variance of the Laplacian on the luma at about a quarter of
    the original's size. `mean_luma` 0 to 255; `clipped_dark`, `clipped_bright` as shares 0 to 1.
    `flat`: no picture in it, one tone all over. `taken_at_local` is naive: the camera's own clock;
    None where the file carries none. `challenge_found`, `seal_found`: None where nobody looked.
    `barcode`: "match", "other", "none", or None where nobody looked. `exact_repeat_of` names the
    earlier photo with the same bytes, in words for the buyer. `unreadable_reason` says why it can't
    be opened and what to do. `medium` is what the file is by its content, `size` its bytes.
    `metadata`: it carries anything of what a camera writes into a file.
    """

    long_edge: int
    sharpness: float
    mean_luma: float
    clipped_dark: float
    clipped_bright: float
    flat: bool
    readable: bool
    taken_at_local: datetime | None
    utc_offset_minutes: int | None
    challenge_found: bool | None
    seal_found: bool | None
    barcode: str | None
    exact_repeat_of: str | None
    received_at: datetime
    unreadable_reason: str | None = None
    medium: Medium = Medium.PICTURE
    size: int = 0
    metadata: bool = True


@dataclass(frozen=True, slots=True)
class TimeLine:
    """When the test buy was opened, and when its challenge code was given out (None: not yet)."""

    opened_at: datetime
    challenge_issued_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """The numbers of the gates; all of them are configuration.

    The photograph's long edge and the clock skew are the protocol's (domain: section 4); the other
    edges and the least video are this programme's own. Sharpness and exposure are low floors that
    only the useless fails: sharp phone photographs of 12 megapixels measured 150 and more, exposure
    shares under 0.25.
    """

    photograph_long_edge: int = 2000
    screen_long_edge: int = 1000
    document_long_edge: int = 1000
    least_video_bytes: int = 50_000
    least_sharpness: float = 40.0
    least_mean_luma: float = 25.0
    most_mean_luma: float = 235.0
    most_clipped_dark: float = 0.7
    most_clipped_bright: float = 0.6
    clock_skew: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Gate:
    """The answer on one photo.

    `reasons`: why it was refused, as things a buyer can do. `remarks`: what a clerk should look at.
    `kept_for_supervisor`: refused, but of a moment that does not come back, so that a supervisor
    may waive the shot.
    """

    accepted: bool
    kept_for_supervisor: bool
    remarks: tuple[str, ...]
    reasons: tuple[str, ...]


def judge(shot: Shot, seen: Seen, time_line: TimeLine, policy: GatePolicy) -> Gate:
    """Judge what was `seen` of one file handed in for `shot`."""
    once = shot.kind in (ShotKind.PHOTOGRAPH, ShotKind.VIDEO)
    repeated = seen.exact_repeat_of is not None and once
    if repeated:
        reason = f"This is the same file as {seen.exact_repeat_of}: take a new one."
        return Gate(False, False, (), (reason,))
    reasons: list[str] = []
    remarks: list[str] = []
    if seen.medium not in _TAKES[shot.kind]:
        reasons.append(f"This is a {_NAMES[seen.medium]}, and {shot.code} is {_WANTED[shot.kind]}.")
    elif seen.medium is Medium.DOCUMENT:
        remarks.append("It is kept as it came and was not opened: a clerk reads it.")
    elif seen.medium is Medium.VIDEO:
        remarks.append("It is kept as it came and was not played: a clerk watches it.")
        if seen.size < policy.least_video_bytes:
            reasons.append("It is too short to show anything: choose the whole video.")
    elif not seen.readable:
        remarks.append("It is kept as it came and was not analysed.")
        reasons.append(
            seen.unreadable_reason
            or "The file cannot be opened as a picture: take it again and send it anew."
        )
    elif shot.kind is ShotKind.PHOTOGRAPH:
        reasons += _picture(seen, policy)
        in_time, remark = _capture_time(shot, seen, time_line, policy)
        reasons += in_time
        remarks += remark
        remarks += _proofs(shot, seen)
        if not seen.metadata:
            remarks.append(
                "It carries nothing that a camera writes into a photo: it was edited, sent by a "
                "messenger or saved anew. Hand in originals."
            )
    elif shot.kind is ShotKind.SCREEN:
        reasons += _size(seen, policy.screen_long_edge)
    elif shot.kind is ShotKind.DOCUMENT:
        reasons += _size(seen, policy.document_long_edge)
    if seen.exact_repeat_of is not None:
        remarks.append(
            f"The same file as {seen.exact_repeat_of}: a clerk checks that it shows both."
        )
    kept = bool(reasons) and shot.once_only
    if kept:
        reasons.append("If it cannot be taken again, leave it: a supervisor decides on this one.")
    return Gate(not reasons, kept, tuple(remarks), tuple(reasons))


_TAKES = {
    ShotKind.PHOTOGRAPH: {Medium.PICTURE},
    ShotKind.SCREEN: {Medium.PICTURE},
    ShotKind.DOCUMENT: {Medium.PICTURE, Medium.DOCUMENT},
    ShotKind.VIDEO: {Medium.VIDEO},
}
_NAMES = {Medium.PICTURE: "picture", Medium.DOCUMENT: "document (PDF)", Medium.VIDEO: "video"}
_WANTED = {
    ShotKind.PHOTOGRAPH: "a photograph: take one with the camera",
    ShotKind.SCREEN: "a screen capture: hand in the picture of the screen",
    ShotKind.DOCUMENT: "a document: hand in a PDF, a scan or a photo of it",
    ShotKind.VIDEO: "a video: film it in one take, or choose the video's file",
}


def _size(seen: Seen, least: int) -> list[str]:
    if seen.long_edge >= least:
        return []
    return [
        f"It is {seen.long_edge:,} pixels on its long edge and {least:,} are needed: "
        "send the original in full size."
    ]


def _picture(seen: Seen, policy: GatePolicy) -> list[str]:
    reasons = _size(seen, policy.photograph_long_edge)
    if seen.flat:
        return [*reasons, "It shows one tone all over: uncover the lens and take it again."]
    if seen.sharpness < policy.least_sharpness:
        reasons.append("It is not sharp: hold still, tap to focus and take it again.")
    if seen.mean_luma < policy.least_mean_luma or seen.clipped_dark > policy.most_clipped_dark:
        reasons.append("It is too dark: take it again with more light.")
    if seen.mean_luma > policy.most_mean_luma or seen.clipped_bright > policy.most_clipped_bright:
        reasons.append("It is too bright: take it again with less light or no flash.")
    return reasons


def _capture_time(
    shot: Shot, seen: Seen, time_line: TimeLine, policy: GatePolicy
) -> tuple[list[str], list[str]]:
    """Reasons and remarks on when it was taken; a clock without a zone gets the whole world's."""
    if seen.taken_at_local is None:
        return [], ["It carries no capture time; only its receipt is known."]
    remarks: list[str] = []
    clock = seen.taken_at_local.replace(tzinfo=UTC)
    if seen.utc_offset_minutes is None:
        earliest, latest = clock - _EAST, clock - _WEST
        remarks.append("Its capture time is local, zone unknown.")
    else:
        earliest = latest = clock - timedelta(minutes=seen.utc_offset_minutes)
    reasons: list[str] = []
    if earliest >= seen.received_at + policy.clock_skew:
        reasons.append(
            "Its capture time is in the future: set the camera's clock and take it anew."
        )
    if latest < time_line.opened_at - policy.clock_skew:
        reasons.append("It was taken before this test buy began: take a new one.")
    elif (
        Proof.CHALLENGE in shot.shows
        and time_line.challenge_issued_at is not None
        and latest < time_line.challenge_issued_at - policy.clock_skew
    ):
        reasons.append("It was taken before its challenge code was given out: take a new one.")
    return reasons, remarks


def unread(
    shot: Shot, *, challenge_found: bool | None, seal_found: bool | None, barcode: str | None
) -> tuple[Proof, ...]:
    """What `shot` must show and no machine found in the photo: a clerk compares it."""
    found = {
        Proof.CHALLENGE: bool(challenge_found),
        Proof.SEAL: bool(seal_found),
        Proof.WAYBILL: barcode == "match",
    }
    return tuple(proof for proof in Proof if proof in shot.shows and not found[proof])


def _proofs(shot: Shot, seen: Seen) -> list[str]:
    left = unread(
        shot,
        challenge_found=seen.challenge_found,
        seal_found=seen.seal_found,
        barcode=seen.barcode,
    )
    remarks = {
        Proof.CHALLENGE: "The challenge code was not read: a clerk confirms it.",
        Proof.SEAL: "The seal number was not read: a clerk confirms it.",
        # Readers misread now and then, so another code never refuses a parcel by itself.
        Proof.WAYBILL: "The waybill's barcode is not the order's: a clerk compares them."
        if seen.barcode == "other"
        else "The waybill's barcode was not read: a clerk compares the numbers.",
    }
    return [remarks[proof] for proof in left]
