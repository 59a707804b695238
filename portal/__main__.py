"""`python -m portal`: serve the portal until told to stop."""

import argparse
from pathlib import Path

import uvicorn

from portal.app import create_app
from portal.settings import Settings


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m portal", description="Serve the portal.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--cert", type=Path, help="certificate chain (PEM); needs --key")
    parser.add_argument("--key", type=Path, help="the certificate's key (PEM)")
    told = parser.parse_args()
    if (told.cert is None) != (told.key is None):
        parser.error("--cert and --key go together")
    settings = Settings()
    if told.cert:
        settings.secure_cookies = True
    uvicorn.run(
        create_app(settings),
        host=told.host,
        port=told.port,
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
