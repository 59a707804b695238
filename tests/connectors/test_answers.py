"""Strict reading at the boundary: nothing but a `ProtocolError` or the value comes out."""

import json
import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.answers import Answer, parse_json
from connectors.errors import ProtocolError, RefusedThere

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.binary() | ANYTHING.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_an_answer_or_a_protocol_error(body):
    try:
        answer = Answer(parse_json(body))
    except ProtocolError:
        return
    with pytest.raises(ProtocolError):
        answer.text("order_number")


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a": NaN}', b"9" * 10_000, b'{"a": 1', b"\xff{}", b""]
)
def test_hostile_bodies_are_protocol_errors(body):
    with pytest.raises(ProtocolError):
        Answer(parse_json(body))


@given(ANYTHING)
def test_a_field_of_any_value_is_read_or_a_protocol_error(value):
    answer = Answer({"f": value})
    readers = ("text", "flag", "whole", "currency", "moment", "day", "each", "part")
    for reader in readers:
        try:
            getattr(answer, reader)("f")
        except ProtocolError:
            continue


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        ("whole", True),
        ("whole", 1.0),
        ("whole", -1),
        ("whole", "1"),
        ("whole", 2**53),
        ("flag", 1),
        ("text", ""),
        ("text", "a\x00b"),
        ("text", "a\ud800"),
        ("currency", "cny"),
        ("moment", "2026-01-01T00:00:00"),
        ("moment", "0001-01-01T00:00:00+14:00"),
        ("day", "2026-02-30"),
    ],
)
def test_near_misses_are_protocol_errors(reader, value):
    with pytest.raises(ProtocolError):
        getattr(Answer({"f": value}), reader)("f")


def test_times_come_out_in_utc():
    moment = Answer({"f": "2026-01-01T08:00:00+08:00"}).moment("f")
    assert moment == datetime(2026, 1, 1, tzinfo=UTC)
    assert moment.tzinfo is UTC


def test_a_refusal_keeps_its_code_between_processes():
    copy = pickle.loads(pickle.dumps(RefusedThere("price_over_limit", "Too dear.")))
    assert (copy.code, copy.message) == ("price_over_limit", "Too dear.")
