"""`python -m storage.migrations regenerate`: write the first revision again from the tables.

Only until the first release; see `storage.migrations`.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from storage.migrations import configuration
from storage.session import Database

VERSIONS = Path(__file__).parent / "versions"


def regenerate() -> None:
    """Replace revision 0001 by one that makes today's tables."""
    for old in VERSIONS.glob("0001_*.py"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        db = Database.in_folder(Path(folder))
        with db.write() as tx:
            command.revision(
                configuration(tx), "the first tables", autogenerate=True, rev_id="0001"
            )
        db.close()
    (made,) = VERSIONS.glob("0001_*.py")
    lines = made.read_text().splitlines(keepends=True)
    made.write_text("".join(line for line in lines if "# ###" not in line))
    for step in (["format"], ["check", "--fix"]):
        subprocess.run([sys.executable, "-m", "ruff", *step, "--quiet", str(made)], check=True)


if __name__ == "__main__":
    if sys.argv[1:] != ["regenerate"]:
        sys.exit("usage: python -m storage.migrations regenerate")
    regenerate()
