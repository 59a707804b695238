"""`testbuy up`: what is looked at before anything starts, and what is done while all of it runs.

Owns the checks of settings, ports and certificates, and that a process which dies is started again.
Leaves which processes there are to `cli.processes.installation`, and starting and ending one to
`cli.processes.stack`.
"""

import ssl
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from cli.environment import wrong_settings
from cli.processes.installation import Installation
from cli.processes.loopback import is_free
from cli.processes.process import ProcessError
from cli.processes.stack import Stack

LOOKS_EVERY_S = 1.0
RESTARTS, WITHIN_S = 5, 600.0
"""So many restarts within so many seconds are mended by nobody but a person."""


def check(installation: Installation) -> None:
    """Raises ProcessError, with what to do, where the processes could not serve."""
    wrong = wrong_settings(installation.home)
    if wrong:
        raise ProcessError("\n".join(map(str, wrong)))
    places = (
        (installation.host, installation.port, "--port"),
        ("127.0.0.1", installation.prefect_port, "--prefect-port"),
    )
    if installation.port == installation.prefect_port:
        raise ProcessError(
            f"Portal and Prefect need two ports; both were told {installation.port}. "
            "Choose another with --prefect-port."
        )
    for host, port, option in places:
        try:
            taken = not is_free(host, port)
        except PermissionError as error:
            raise ProcessError(
                f"This user may not listen on port {port}. Choose one above 1023 with {option}."
            ) from error
        except OSError as error:
            raise ProcessError(
                f"{host} is no address of this machine ({error.strerror}). Choose one with --host."
            ) from error
        if taken:
            raise ProcessError(f"Port {port} is in use. Choose another with {option}.")
    if installation.cert and installation.key:
        _check_certificate(installation.cert, installation.key)


def watch(stack: Stack, tell: Callable[[str], None], pauses: Iterable[float]) -> None:
    """Look at the processes after each of `pauses` seconds; start those again that have died.

    One that dies while it starts again is tried as any other. Raises ProcessError, naming the log,
    where they die again and again.
    """
    restarts: deque[float] = deque(maxlen=RESTARTS)
    for pause in pauses:
        time.sleep(pause)
        for name, alive in stack.alive().items():
            if alive:
                continue
            now = time.monotonic()
            if len(restarts) == RESTARTS and now - restarts[0] < WITHIN_S:
                raise ProcessError(
                    f"{name} has died again after {RESTARTS} restarts. Read the end of its log "
                    f"{stack.log(name)}, mend the cause, and start again."
                )
            restarts.append(now)
            tell(f"{name} has ended with code {stack.ended_with(name)}; starting it again.")
            try:
                stack.restart(name)
            except ProcessError as error:
                if stack.alive().get(name) is not False:
                    raise
                tell(str(error))


def _check_certificate(cert: Path, key: Path) -> None:
    for file in (cert, key):
        try:
            file.read_bytes()
        except OSError as error:
            raise ProcessError(f"{file} can't be read: {error.strerror}.") from error
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key, password=_no_password)
    except (ssl.SSLError, ValueError) as error:
        raise ProcessError(
            f"{cert} and {key} can't be used: {error}. A certificate chain and its key are "
            "needed, both PEM, the key without a password."
        ) from error


def _no_password() -> str:
    raise ValueError("the key asks for a password")
