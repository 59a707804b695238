"""Which machines captures and webhooks may talk to: the public Internet, and what is allowed.

A listing's or a webhook's address comes from outside: without this, it could lead the programme to
a machine of its own network.
"""

import ipaddress
import socket
from collections.abc import Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class ForbiddenAddress(Exception):  # noqa: N818 - says what is the matter
    """The name leads to a machine that may not be talked to."""


class NoSuchHost(Exception):  # noqa: N818 - says what is the matter
    """The name leads nowhere."""


class Reach:
    """The addresses within reach; `allowed` are private networks, as `127.0.0.0/8`."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self.allowed = tuple(allowed)
        self._networks: tuple[Network, ...] = tuple(map(ipaddress.ip_network, self.allowed))

    def resolve(self, host: str, port: int, *, only_allowed: bool = False) -> str:
        """An address of `host` to connect to. Every address it has must be within reach.

        `only_allowed`: within the networks that the operator allows, whatever else is public.
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NoSuchHost(host) from error
        addresses = [str(each[4][0]).partition("%")[0] for each in found]
        within = self._allows if only_allowed else self._within
        if not addresses or not all(map(within, addresses)):
            raise ForbiddenAddress(host)
        return addresses[0]

    def _within(self, text: str) -> bool:
        address = _address(text)
        return self._allows(text) or (address.is_global and not address.is_multicast)

    def _allows(self, text: str) -> bool:
        address = _address(text)
        return any(address.version == each.version and address in each for each in self._networks)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    address = ipaddress.ip_address(text)
    mapped = getattr(address, "ipv4_mapped", None)
    return address if mapped is None else mapped
