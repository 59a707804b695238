"""The simulated mail server: `python -m simulator.post --port N --ledger FILE`.

Owns what was handed to it: each mail a file in a folder beside its ledger, whole before the sender
is told that it was taken, and a line in the ledger. It speaks as much of SMTP (RFC 5321) as a
sender needs, one recipient or more, in clear, on loopback only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass, field
from pathlib import Path

from simulator.ledger import Ledger

LONGEST = 64 * 1024 * 1024
"""Bytes of a mail."""


@dataclass
class _Envelope:
    sender: str = ""
    recipients: list[str] = field(default_factory=list)


class _Post:
    """The mailbox of everybody; `folder` gets a file for each mail."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self._ledger, self._folder = ledger, folder
        folder.mkdir(parents=True, exist_ok=True)

    async def talk(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One sender's connection, until it says good-bye or is gone."""
        try:
            await _say(writer, "220 simulated post")
            envelope = _Envelope()
            while line := await reader.readline():
                words = line.decode("utf-8", "replace").strip()
                verb, _, rest = words.partition(" ")
                match verb.upper():
                    case "EHLO":
                        await _say(writer, "250-simulated post", "250-8BITMIME", "250 SMTPUTF8")
                    case "MAIL":
                        envelope = _Envelope(_address(rest))
                        await _say(writer, "250 OK")
                    case "RCPT" if envelope.sender:
                        envelope.recipients.append(_address(rest))
                        await _say(writer, "250 OK")
                    case "DATA" if envelope.recipients:
                        await _say(writer, "354 End with a dot on a line of its own")
                        text = await _text(reader)
                        if text is None:
                            return
                        self._take(envelope, text)
                        envelope = _Envelope()
                        await _say(writer, "250 OK")
                    case "HELO" | "NOOP":
                        await _say(writer, "250 OK")
                    case "RSET":
                        envelope = _Envelope()
                        await _say(writer, "250 OK")
                    case "QUIT":
                        await _say(writer, "221 Good-bye")
                        return
                    case "RCPT" | "DATA":
                        await _say(writer, "503 Not in this order")
                    case _:
                        await _say(writer, "502 Not known here")
        except (ConnectionError, ValueError):
            return  # The sender is gone, or sent a line that no mail has; nothing was taken.
        finally:
            writer.close()

    def _take(self, envelope: _Envelope, text: bytes) -> None:
        number = len(self._ledger.entries) + 1
        part = self._folder / f"{number:04d}.part"
        part.write_bytes(text)
        name = part.with_suffix(".eml").name
        part.rename(part.with_suffix(".eml"))
        told = {"did": "mail", "from": envelope.sender, "to": envelope.recipients}
        self._ledger.append({**told, "bytes": len(text), "file": name})


def _address(rest: str) -> str:
    """What stands between the angle brackets; "" where nothing does."""
    return rest.partition("<")[2].partition(">")[0]


async def _text(reader: StreamReader) -> bytes | None:
    """The mail up to its closing dot; None where the sender is gone before it."""
    lines: list[bytes] = []
    size = 0
    while line := await reader.readline():
        if line == b".\r\n":
            return b"".join(lines)
        lines.append(line[1:] if line.startswith(b".") else line)
        size += len(line)
        if size > LONGEST:
            return None
    return None


async def _say(writer: StreamWriter, *lines: str) -> None:
    writer.write("".join(f"{line}\r\n" for line in lines).encode())
    await writer.drain()


async def _serve(port: int, ledger: Path) -> None:
    post = _Post(Ledger(ledger), ledger.with_suffix(".mails"))
    server = await asyncio.start_server(post.talk, "127.0.0.1", port)
    url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    sys.stdout.write(json.dumps({"listening": url}) + "\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


def main() -> None:
    """Serves until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m simulator.post")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--ledger", type=Path, required=True, help="JSON lines, kept over restarts")
    given = parser.parse_args()
    asyncio.run(_serve(given.port, given.ledger))


if __name__ == "__main__":
    main()
