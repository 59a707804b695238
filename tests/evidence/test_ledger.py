import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.ledger import (
    LedgerError,
    canonical,
    from_json_lines,
    genesis,
    link,
    to_json_lines,
    verify,
)

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
SUBJECT = "test-buy:TB-2026-000017"


def chain(length=5, subject=SUBJECT):
    entries, prev = [], genesis(subject)
    for seq in range(1, length + 1):
        entries.append(link(subject, seq, prev, {"move": "receive", "note": f"№ {seq}"}, NOW))
        prev = entries[-1].hash
    return entries


def test_a_whole_chain_verifies_and_ends_in_its_last_hash():
    entries = chain()
    found = verify(entries, SUBJECT)
    assert found.ok and found.entries == 5
    assert found.head == "sha256:" + entries[-1].hash.hex()


def test_the_hash_is_made_as_written_down():
    first = chain(1)[0]
    assert first.prev == hashlib.sha256(b"\x00testbuy ledger v1\x00" + SUBJECT.encode()).digest()
    assert first.hash == hashlib.sha256(b"\x01" + first.prev + first.body).digest()
    assert json.loads(first.body) == {
        "at": "2026-11-02T09:30:00.000000Z",
        "facts": {"move": "receive", "note": "№ 1"},
        "seq": 1,
        "subject": SUBJECT,
    }


def test_an_empty_chain_is_never_a_yes():
    found = verify([], SUBJECT)
    assert not found.ok and "empty" in found.problems[0]


def test_equal_events_of_two_subjects_have_different_hashes():
    assert chain(1, "test-buy:A")[0].hash != chain(1, "test-buy:B")[0].hash


def edited(entries):
    entries[2] = replace(entries[2], body=entries[2].body.replace(b"receive", b"abandon"))


def rehashed(entries):
    body = entries[2].body.replace(b"receive", b"abandon")
    digest = hashlib.sha256(b"\x01" + entries[2].prev + body).digest()
    entries[2] = replace(entries[2], body=body, hash=digest)


def removed(entries):
    del entries[1]


def first_removed(entries):
    del entries[0]


def swapped(entries):
    entries[1], entries[2] = entries[2], entries[1]


def doubled(entries):
    entries.insert(2, entries[2])


def renumbered(entries):
    entries[4] = replace(entries[4], seq=6)


def rewritten_number(entries):
    body = entries[4].body.replace(b'"seq":5', b'"seq":6')
    digest = hashlib.sha256(b"\x01" + entries[4].prev + body).digest()
    entries[4] = replace(entries[4], seq=6, body=body, hash=digest)


@pytest.mark.parametrize(
    "attack",
    [edited, rehashed, removed, first_removed, swapped, doubled, renumbered, rewritten_number],
)
def test_every_change_inside_a_chain_is_seen(attack):
    entries = chain()
    attack(entries)
    assert not verify(entries, SUBJECT).ok


def test_another_subjects_chain_is_not_taken():
    assert not verify(chain(3, "test-buy:TB-2026-000018"), SUBJECT).ok


def test_entries_missing_at_the_end_show_only_against_a_head_kept_elsewhere():
    entries = chain()
    head = verify(entries, SUBJECT).head
    assert verify(entries[:-1], SUBJECT).ok
    found = verify(entries[:-1], SUBJECT, expected_head=head)
    assert "missing at its end" in found.problems[0]
    assert verify(entries, SUBJECT, expected_head=head).ok


def test_many_problems_are_counted_not_listed():
    entries = [replace(entry, hash=bytes(32)) for entry in chain(60)]
    found = verify(entries, SUBJECT)
    assert len(found.problems) == 21 and found.problems[-1].startswith("40 more")


def test_time_is_written_in_utc_and_must_have_a_zone():
    shanghai = datetime(2026, 11, 2, 17, 30, tzinfo=timezone(timedelta(hours=8)))
    assert link("s", 1, genesis("s"), {}, shanghai) == link("s", 1, genesis("s"), {}, NOW)
    with pytest.raises(LedgerError, match="zone"):
        link("s", 1, genesis("s"), {}, NOW.replace(tzinfo=None))


def test_a_first_entry_must_follow_its_own_subject():
    with pytest.raises(LedgerError):
        link("s", 1, genesis("t"), {}, NOW)
    with pytest.raises(LedgerError):
        link("s", 0, genesis("s"), {}, NOW)


@pytest.mark.parametrize("fact", [float("nan"), 2**60, b"bytes", "\ud800", NOW])
def test_what_json_can_not_hold_is_refused(fact):
    with pytest.raises(LedgerError, match="can't hold"):
        link("s", 1, genesis("s"), {"fact": fact}, NOW)


def test_canonical_form_does_not_depend_on_the_order_of_keys():
    assert (
        canonical({"b": 1, "a": "ü"}) == canonical({"a": "ü", "b": 1}) == '{"a":"ü","b":1}'.encode()
    )


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text("abc\n\u2028é", max_size=4), json_values), max_size=4))
def test_exact_bytes_survive_the_export(facts):
    entries, prev = [], genesis("søk \n\u2028")
    for seq, fact in enumerate(facts, 1):
        entries.append(link("søk \n\u2028", seq, prev, fact, NOW))
        prev = entries[-1].hash
    lines = to_json_lines(entries)
    assert from_json_lines(lines) == tuple(entries)
    assert lines.count(b"\n") == len(entries)
    assert verify(entries, "søk \n\u2028").ok is bool(facts)


def test_an_unreadable_line_is_named():
    with pytest.raises(LedgerError, match="Line 2 "):
        from_json_lines(to_json_lines(chain(1)) + b'{"subject":1}\n')
