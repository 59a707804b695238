"""Ports and answers on this machine."""

from __future__ import annotations

import errno
import socket
import urllib.error
import urllib.request

# Loopback is asked without the machine's proxy.
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port() -> int:
    """A TCP port of loopback that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens on a TCP port.

    OSError for an address that is not this machine's, PermissionError for a port not for this user.
    """
    (family, *_, place), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # A port whose last connections are still being forgotten is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def answers(url: str) -> bool:
    """Whether a URL gives any answer below 500 within 2 s."""
    try:
        with _NO_PROXY.open(url, timeout=2):
            return True
    except urllib.error.HTTPError as error:
        with error:
            return error.code < 500
    except (OSError, ValueError):
        return False
