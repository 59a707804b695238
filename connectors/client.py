"""What every connector that asks one outside system is made of.

Owns opening and closing. Leaves one call to `connectors.http`, what is asked to each connector.
"""

from typing import ClassVar, Self

from connectors.errors import ErrorFamily
from connectors.http import Service, Timeouts


class Client:
    """One outside system at `address`, over HTTP, in whose `family` its errors are."""

    family: ClassVar[ErrorFamily]

    def __init__(
        self, address: str, *, token: str | None = None, timeouts: Timeouts | None = None
    ) -> None:
        self.address = address
        self._service = Service(address, self.family, token=token, timeouts=timeouts or Timeouts())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._service.close()
