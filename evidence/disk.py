"""That a name is on the disk when a call returns, also where the power fails right after."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Wait until the disk has what a folder lists; the files' own bytes are synced by who writes
    them.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
