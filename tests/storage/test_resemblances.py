"""The index of likeness codes: exact to its distance, whatever the bits."""

import random

from evidence.likeness import Likeness
from rules.likeness import NEAR
from storage import resemblances
from storage.rows import add
from storage.tables import Person, Photo


def signed(dhash):
    return dhash - (1 << 64) if dhash >= 1 << 63 else dhash


def test_the_index_finds_exactly_what_the_scan_finds(database, add_testbuy, now):
    """Codes at every distance from 0 to 12, also with the highest bit set."""
    chance = random.Random(3)
    base = [chance.getrandbits(64) for _ in range(6)] + [0, 2**64 - 1]
    kept = []
    for code in base:
        for apart in range(13):
            kept.append(code ^ sum(1 << bit for bit in chance.sample(range(64), apart)))
    scan = Likeness()
    with database.write() as tx:
        testbuy = add_testbuy(tx, "TB-2026-000001")
        person = add(tx, Person, name="Ada", email="a@b", created_at=now)
        for place, code in enumerate(kept):
            number = add(
                tx, Photo, public_id=f"p{place}", testbuy_id=testbuy, shot="R01", digest="",
                size=1, media_type="image/jpeg", width=1, height=1, readable=True, accepted=True,
                original_name="", received_by=person, received_at=now, dhash=signed(code),
            )  # fmt: skip
            resemblances.remember(tx, number, signed(code))
            scan.add(number, code)
    with database.read() as tx:
        for code in base + kept:
            wanted = sorted((apart, number) for number, apart in scan.near(code, NEAR))
            assert resemblances.near(tx, signed(code)) == wanted
