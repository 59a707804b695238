"""`python -m portal`: serve the portal until told to stop.

A page is mostly Python's own work, and a Python process does one such work at a time: `--processes`
says how many serve the same port. They share nothing but the database and the vault; one that dies
is started again by the first.
"""

import argparse
import os
from pathlib import Path

import uvicorn


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m portal", description="Serve the portal.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--cert", type=Path, help="certificate chain (PEM); needs --key")
    parser.add_argument("--key", type=Path, help="the certificate's key (PEM)")
    told = parser.parse_args()
    if (told.cert is None) != (told.key is None):
        parser.error("--cert and --key go together")
    if told.cert:
        # By the environment, as every other setting: each process reads its own.
        os.environ["TESTBUY_SECURE_COOKIES"] = "yes"
    uvicorn.run(
        "portal.app:as_told",
        factory=True,
        host=told.host,
        port=told.port,
        workers=told.processes,
        ssl_certfile=told.cert,
        ssl_keyfile=told.key,
        loop="uvloop",
        http="httptools",
        # Addresses of log-in links must not come to rest in a log.
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
