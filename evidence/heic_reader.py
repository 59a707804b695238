"""Decodes one HEIC file in a process of its own; run by `evidence.heic`, imported by nobody.

Owns the limits it sets upon itself before any decoder is loaded. Reads the file from standard
input; writes one line of JSON and then the picture's bytes (RGB), reduced to the edge asked for.
"""

import io
import json
import resource
import sys

MOST_PIXELS = 50_000_000
REFUSED = 3
"""Exit status where the file is beyond the limit or damaged, and the line says which."""
_MEMORY = 1_500_000_000
_SECONDS = 20
_WRITTEN = 80_000_000


def _limit() -> None:
    for what, limit in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_FSIZE, _WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (limit, limit))


def _refuse(why: str) -> None:
    sys.stdout.write(json.dumps({"refused": why}) + "\n")
    sys.exit(REFUSED)


def main(edge: int) -> None:
    """Decode standard input."""
    _limit()
    from PIL import Image
    from pillow_heif import register_heif_opener

    register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # the limit below is ours
    try:
        picture = Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=("HEIF",))
        size = picture.size
        if size[0] * size[1] > MOST_PIXELS:
            _refuse("pixels")
        picture.load()
        exif = picture.getexif().tobytes()
        profile = picture.info.get("icc_profile") or b""
        factor = -(-max(size) // edge)
        shown: Image.Image = picture
        if "A" in shown.getbands():
            paper = Image.new("RGB", size, "white")
            paper.paste(shown, mask=shown.getchannel("A"))
            shown = paper
        shown = shown.convert("RGB")
        if factor > 1:
            shown = shown.reduce(factor)
    except Exception:  # decoders raise nearly anything on damaged files
        _refuse("damaged")
        return
    told = {
        "size": size,
        "shown": shown.size,
        "exif": exif.hex(),
        "profile": profile[: 1 << 16].hex(),
    }
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + shown.tobytes())


if __name__ == "__main__":
    main(int(sys.argv[1]))
