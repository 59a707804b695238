"""How alike two pictures are: the same from either side, as they are and mirrored."""

from hypothesis import given
from hypothesis import strategies as st

from rules import likeness
from rules.likeness import Way, apart, bands, bands_near, coarse, mirrored, neighbours, way

patterns = st.integers(0, 2**320 - 1)


@given(patterns, patterns)
def test_a_mirror_turned_twice_is_the_picture_and_keeps_every_distance(one, other):
    assert mirrored(mirrored(one)) == one
    assert apart(mirrored(one), mirrored(other)) == apart(one, other)
    assert way(one, other) is way(other, one)
    assert way(one, mirrored(other)) is way(mirrored(one), other)


@given(
    patterns, st.sets(st.integers(256, 319), max_size=9), st.sampled_from([0, 7, 39, 40, 41, 90])
)
def test_both_parts_must_be_near(pattern, turned, fine):
    other = pattern ^ sum(1 << bit for bit in turned) ^ ((1 << fine) - 1)
    near = len(turned) <= 7 and fine <= 40
    assert (way(pattern, other) is Way.STRAIGHT) is near
    if near:
        assert way(pattern, mirrored(other)) in Way
        assert set(bands(coarse(other))) & set(bands_near(coarse(pattern)))
        assert neighbours([pattern, other])[pattern] >= {pattern, other}


@given(patterns)
def test_what_is_written_is_read_again(pattern):
    assert likeness.read(likeness.written(pattern)) == pattern
    assert likeness.read(likeness.written(pattern) * 2) is None
