"""A real mail server on loopback that keeps what it is handed, and misbehaves when told to."""

import asyncio
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller

from cli.processes.loopback import free_port


class Post:
    """What a server got, and how it behaves: `mood` is "well", "drops", "hangs", "no" or "later".

    "no" and "later" are said to the recipients in `unwanted`; drops and hangs come once the text is
    there, so that the sender can't know.
    """

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.mood = "well"
        self.unwanted: set[str] = set()
        self.lock = threading.Lock()

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if address in self.unwanted:
            return "550 5.1.1 no such user" if self.mood == "no" else "451 4.2.1 try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        with self.lock:
            self.got.append(message_from_bytes(envelope.original_content, policy=default))
        if self.mood == "drops":
            server.transport.abort()
        elif self.mood == "hangs":
            await asyncio.sleep(1)
        return "250 OK"

    @property
    def ids(self) -> list[str]:
        return [str(each["Message-ID"]) for each in self.got]


class Server:
    """A `Post` behind a socket; use it in a `with`."""

    def __init__(self, **options) -> None:
        self.post = Post()
        self._controller = Controller(self.post, hostname="127.0.0.1", port=free_port(), **options)

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_):
        self._controller.stop()

    @property
    def port(self) -> int:
        return self._controller.port
