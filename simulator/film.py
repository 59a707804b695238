"""A film of the unboxing: a few drawn frames as Motion JPEG in an AVI file, written by hand.

Owns the container. Leaves what the frames show to `pictures`.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from datetime import datetime

from PIL import Image

from simulator.pictures import draw

FRAME = (640, 480)
_SHOWS = ("R04", "U02", "U03")


def unboxing(*, seed: int, reference: str, taken_at: datetime, subject: str) -> bytes:
    """The parcel, its first look inside, its contents: the shot `U01`."""
    frames: list[bytes] = []
    for shot in _SHOWS:
        drawn = draw(shot, seed=seed, reference=reference, taken_at=taken_at, subject=subject)
        out = io.BytesIO()
        Image.open(io.BytesIO(drawn)).resize(FRAME).save(out, "JPEG", quality=85)
        frames += [out.getvalue()] * 2
    return avi(frames, FRAME)


def avi(frames: Sequence[bytes], size: tuple[int, int], frames_a_second: int = 2) -> bytes:
    """JPEG `frames` of one size as an AVI file that players open."""
    width, height = size
    most = max(len(frame) for frame in frames)
    main = struct.pack(
        "<14I", 1_000_000 // frames_a_second, most * frames_a_second, 0, 0x10, len(frames), 0, 1,
        most, width, height, 0, 0, 0, 0,
    )  # fmt: skip
    stream = b"vidsMJPG" + struct.pack(
        "<IHHIIIIIIII4H", 0, 0, 0, 0, 1, frames_a_second, 0, len(frames), most, 0xFFFFFFFF, 0,
        0, 0, width, height,
    )  # fmt: skip
    form = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, 24, b"MJPG", most, 0, 0, 0, 0)
    header = _list(
        b"hdrl",
        _chunk(b"avih", main) + _list(b"strl", _chunk(b"strh", stream) + _chunk(b"strf", form)),
    )
    chunks = [_chunk(b"00dc", frame) for frame in frames]
    index, at = b"", 4
    for frame, chunk in zip(frames, chunks, strict=True):
        index += struct.pack("<4sIII", b"00dc", 0x10, at, len(frame))
        at += len(chunk)
    body = b"AVI " + header + _list(b"movi", b"".join(chunks)) + _chunk(b"idx1", index)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _list(name: bytes, content: bytes) -> bytes:
    return _chunk(b"LIST", name + content)
