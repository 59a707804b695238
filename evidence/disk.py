"""That a name is on the disk when a call returns, also where the power fails right after."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until the disk has a file's bytes, or what a folder lists."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
