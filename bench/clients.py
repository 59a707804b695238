"""`python -m bench.clients PORT PATH COOKIE CLIENTS EACH PAUSE`: ask a server; say what it took.

A process of its own, so that its work is not counted as the server's: so many clients on open
connections, each asking again after a pause of PAUSE seconds in the mean, drawn as people come
(exponentially); 0: as soon as it is answered. Says its own CPU and all waits, as JSON.
"""

import asyncio
import json
import random
import sys
import time

LONGEST_S = 4.0
"""A server gives an idle connection up after five seconds."""


async def _client(
    port: int, request: bytes, each: int, pauses: random.Random, mean: float, waits: list[float]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(each):
        if mean:
            await asyncio.sleep(min(pauses.expovariate(1 / mean), LONGEST_S))
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise RuntimeError(head.decode())
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        waits.append(time.perf_counter() - began)
    writer.close()


async def _all(
    port: int, path: str, cookie: str, clients: int, each: int, mean: float
) -> list[float]:
    request = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncookie: {cookie}\r\n\r\n".encode()
    waits: list[float] = []
    await asyncio.gather(
        *(
            _client(port, request, each, random.Random(number), mean, waits)
            for number in range(clients)
        )
    )
    return waits


def main() -> None:
    """Ask, and print what was measured."""
    port, path, cookie, clients, each, mean = sys.argv[1:]
    began = time.process_time()
    waits = asyncio.run(_all(int(port), path, cookie, int(clients), int(each), float(mean)))
    sys.stdout.write(json.dumps({"cpu_s": time.process_time() - began, "waits": waits}))


if __name__ == "__main__":
    main()
