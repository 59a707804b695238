"""Starting the portal: its seconds, and that it does so without Prefect."""

import subprocess
import sys
import time

from bench import Row

SAY = "import sys, portal.app; print('prefect' in sys.modules)"


def rows() -> list[Row]:
    """Wall seconds of importing the portal, beside those of importing Prefect alone."""
    portal_s = min(_seconds(SAY) for _ in range(3))
    prefect_s = min(_seconds("import prefect.flows") for _ in range(3))
    said = subprocess.run([sys.executable, "-c", SAY], capture_output=True, text=True, check=True)
    imports = 1.0 if said.stdout.strip() == "True" else 0.0
    return [
        Row("portal starts", portal_s, prefect_s, "s, importing Prefect alone"),
        Row("portal imports Prefect", imports, 0.0, "times, the goal"),
    ]


def _seconds(program: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began
