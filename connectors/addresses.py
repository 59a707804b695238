"""Which machines a capture may talk to: the public Internet, and what the operator allows besides.

A listing's address comes from outside: without this, a page could lead the programme to a machine
of its own network.
"""

import ipaddress
import socket
from collections.abc import Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class ForbiddenAddress(Exception):  # noqa: N818 - says what is the matter
    """The name leads to a machine that a capture may not talk to."""


class NoSuchHost(Exception):  # noqa: N818 - says what is the matter
    """The name leads nowhere."""


class Reach:
    """The addresses within reach; `allowed` are private networks, as `127.0.0.0/8`."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self.allowed = tuple(allowed)
        self._networks: tuple[Network, ...] = tuple(map(ipaddress.ip_network, self.allowed))

    def resolve(self, host: str, port: int) -> str:
        """An address of `host` to connect to. Every address it has must be within reach."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NoSuchHost(host) from error
        addresses = [str(each[4][0]).partition("%")[0] for each in found]
        if not addresses or not all(map(self._within, addresses)):
            raise ForbiddenAddress(host)
        return addresses[0]

    def _within(self, text: str) -> bool:
        address = ipaddress.ip_address(text)
        mapped = getattr(address, "ipv4_mapped", None)
        if mapped is not None:
            address = mapped
        if any(address.version == each.version and address in each for each in self._networks):
            return True
        return address.is_global and not address.is_multicast
