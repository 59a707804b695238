"""A buyer's phone for tests: its browser, a network that can be cut, and hands that count."""

import hashlib
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

from storage.rows import every, table_of
from storage.tables import Photo

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
CHOOSER = "form.capture input[type=file]"
WIDEST = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SETTLED = 90_000


def digest(data):
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def kept(world):
    """What the programme has of the task: shot and digest, in the order of arrival."""
    with world.db.read() as tx:
        number = world.row(world.testbuys["assigned"]).id
        rows = every(tx, Photo, table_of(Photo).c.testbuy_id == number, order_by="id")
    return [(row.shot, row.digest) for row in rows]


def wait_for(said, world):
    """Until the programme has exactly this; the browser goes on meanwhile."""
    until = time.monotonic() + SETTLED / 1000
    while kept(world) != said and time.monotonic() < until:
        yield
    assert kept(world) == said


class Relay:
    """The way between phone and portal, which can be cut as a tunnel cuts it."""

    def __init__(self, port: int) -> None:
        self._to, self._open, self._lock = port, True, threading.Lock()
        self._pairs: set[socket.socket] = set()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        self._open = False
        with self._lock:
            for end in self._pairs:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._open = True

    def close(self) -> None:
        self.cut()
        self._door.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                if not self._open:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._to))
                with self._lock:
                    self._pairs |= {near, far}
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._pairs.discard(one)
        one.close()


class Journey:
    """A buyer's hands: what they tap and type is counted."""

    def __init__(self, page, folder: Path, relay: Relay | None = None):
        self.page, self.folder, self.relay, self.taps, self.typed = page, folder, relay, 0, 0

    def open(self, path, told="ready"):
        self.page.goto(path)
        self.page.wait_for_selector(f"#phone[data-{told}=yes]", state="attached", timeout=SETTLED)

    def choose(self, name, data):
        (self.folder / name).write_bytes(data)
        self.taps += 3  # the button, the camera's shutter, "use the photo"
        self.page.set_input_files(CHOOSER, self.folder / name)
        self.page.wait_for_selector("[data-part=look][data-judged]", timeout=SETTLED)

    def keep(self):
        self.tap("[data-part=keep]")
        self.page.wait_for_selector("[data-part=look]", state="hidden", timeout=SETTLED)

    def tap(self, what):
        self.taps += 1
        self.page.tap(what)

    def says(self, text):
        self.page.get_by_text(text).first.wait_for(timeout=SETTLED)
