"""HEIC photos: decoded in a process of their own, under limits of memory and time.

Owns starting, waiting for and ending that process; what it does stands in `heic_reader`. The
decoder is large and written in C++, so it is never loaded here: what breaks it costs one photo its
analysis, and nobody the portal.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from evidence.decoding import UnreadableError, too_many_pixels
from evidence.heic_reader import REFUSED

SECONDS = 30.0
"""How long a photo may take, by the clock on the wall."""
_MOST_BYTES = 80_000_000
_READER = Path(__file__).with_name("heic_reader.py")
_ADVICE = "Set the phone to take JPEG (Most compatible), then take it again."


@dataclass(frozen=True, slots=True)
class Decoded:
    """A HEIC photo, reduced: upright already. `size` is that of the original."""

    picture: Image.Image
    size: tuple[int, int]
    exif: bytes
    profile: bytes


def decode(data: bytes, edge: int, *, seconds: float = SECONDS, reader: Path = _READER) -> Decoded:
    """The photo, reduced by a whole factor to at most `edge`; UnreadableError with what to do."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as told:
        given.write(data)
        given.seek(0)
        # No environment: a decoder that is taken over finds no token in it.
        process = subprocess.Popen(
            [sys.executable, "-I", str(reader), str(edge)],
            stdin=given,
            stdout=told,
            stderr=subprocess.DEVNULL,
            env={},
        )
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise UnreadableError(f"This HEIC photo took too long to read. {_ADVICE}") from None
        finally:
            process.kill()
            process.wait()
        told.seek(0)
        answer = told.read(_MOST_BYTES)
    line, _, pixels = answer.partition(b"\n")
    if status == REFUSED and line == b'{"refused": "pixels"}':
        raise UnreadableError(f"{too_many_pixels()} {_ADVICE}")
    if status != 0:
        raise UnreadableError(f"This HEIC photo can't be read: it is damaged. {_ADVICE}")
    try:
        said = json.loads(line)
        picture = Image.frombytes("RGB", tuple(said["shown"]), pixels)
        width, height = said["size"]
        exif, profile = bytes.fromhex(said["exif"]), bytes.fromhex(said["profile"])
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableError(f"This HEIC photo can't be read. {_ADVICE}") from error
    return Decoded(picture, (int(width), int(height)), exif, profile)
