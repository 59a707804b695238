import random
import time

from hypothesis import given
from hypothesis import strategies as st

from evidence.likeness import Likeness

hashes = st.integers(0, 2**64 - 1)


@given(st.lists(hashes, max_size=50), hashes, st.integers(0, 64))
def test_finds_exactly_what_counting_bits_finds(kept, asked, distance):
    likeness = Likeness()
    for key, dhash in enumerate(kept):
        likeness.add(key, dhash)
    counted = [((asked ^ dhash).bit_count(), key) for key, dhash in enumerate(kept)]
    wanted = sorted(pair for pair in counted if pair[0] <= distance)
    assert [(apart, key) for key, apart in likeness.near(asked, distance)] == wanted


def test_survives_growing_and_stays_quick():
    chance = random.Random(1)
    likeness = Likeness()
    kept = [chance.getrandbits(64) for _ in range(200_000)]
    for key, dhash in enumerate(kept):
        likeness.add(key, dhash)
    assert len(likeness) == 200_000
    assert (777, 0) in likeness.near(kept[777])
    assert (777, 2) in likeness.near(kept[777] ^ 0b101)
    started = time.process_time()
    for _ in range(20):
        likeness.near(kept[5])
    assert (time.process_time() - started) / 20 < 0.01
