"""Identifiers compared, and shops clustered by them: whatever the order, however often said."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import likeness
from rules.identifiers import (
    KINDS,
    IdentifierKind,
    IdentifierState,
    Strength,
    normal_form,
    strength,
)
from rules.linkage import (
    CROWD,
    Evidence,
    Fact,
    Key,
    clusters,
    days_until_reappearance,
    joins,
    pair_of,
    proposable,
    rests_on,
    shared,
)

PHONE, ADDRESS, NAME = (
    IdentifierKind.PHONE,
    IdentifierKind.RETURN_ADDRESS,
    IdentifierKind.SENDER_NAME,
)
CONFIRMED, RECORDED, WITHDRAWN = (
    IdentifierState.CONFIRMED,
    IdentifierState.RECORDED,
    IdentifierState.WITHDRAWN,
)


def fact(shop, normal="8613812345678", kind=PHONE, state=CONFIRMED):
    return Fact(shop, Key(kind, normal), state)


facts = st.lists(
    st.builds(
        fact,
        st.integers(1, 6),
        st.sampled_from(["a", "b", "c", "d*"]),
        st.sampled_from([PHONE, ADDRESS, NAME, IdentifierKind.COURIER]),
        st.sampled_from(IdentifierState),
    ),
    max_size=18,
)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (PHONE, "138 1234 5678", "+86-13812345678"),
        (PHONE, "１３８１２３４５６７８", "0086 138 1234 5678"),
        (PHONE, "0755-8250 1234", "+86 755 82501234"),
        (PHONE, "8613812345678", "13812345678"),
        (ADDRESS, "深圳市 罗湖区，人民南路 1 号", "深圳市罗湖区人民南路1号"),
        (ADDRESS, "12 Renmin Rd., Luohu", "12  RENMIN RD,Luohu"),
        (IdentifierKind.REGISTRANT, "Wang Ｗei", "wang wei"),
        (IdentifierKind.PAYMENT_ACCOUNT, "6222 0210 0001", "6222-02100001"),
    ],
)
def test_what_is_the_same_is_compared_alike(kind, one, other):
    assert normal_form(kind, one, "CN") == normal_form(kind, other, "CN") != ""


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (ADDRESS, "12 3 Street", "1 23 Street"),
        (PHONE, "13812345678", "+85213812345678"),
        (IdentifierKind.PAYMENT_ACCOUNT, "ab@pay", "abpay"),
    ],
)
def test_what_differs_is_not(kind, one, other):
    assert normal_form(kind, one, "CN") != normal_form(kind, other, "CN")


def test_a_national_number_is_its_countrys():
    assert normal_form(PHONE, "030 901820", "DE") == "4930901820"
    assert normal_form(PHONE, "06 1234 5678", "IT") == "390612345678"
    assert normal_form(PHONE, "none", "CN") == ""


def test_a_masked_number_joins_nobody():
    masked = normal_form(PHONE, "138＊＊＊＊5678", "CN")
    assert masked == "86138****5678"
    assert strength(PHONE, masked) is Strength.WEAK
    assert clusters([fact(1, masked), fact(2, masked)], {}) == ()
    assert clusters([fact(1), fact(2)], {}) == ({1, 2},)


def test_every_kind_says_what_it_carries_and_why():
    assert set(KINDS) == set(IdentifierKind)
    assert all(weight.why.endswith(".") for weight in KINDS.values())


@pytest.mark.parametrize("state", [RECORDED, WITHDRAWN])
def test_what_is_not_confirmed_on_both_sides_joins_nobody(state):
    assert clusters([fact(1), fact(2, state=state)], {}) == ()
    found = shared([fact(1), fact(2, state=state)])
    assert bool(found) is (state is RECORDED)


def test_weak_kinds_propose_and_describing_ones_do_not_even_that():
    weak = [fact(1, kind=NAME), fact(2, kind=NAME)]
    assert clusters(weak, {}) == ()
    assert proposable(shared(weak)[1, 2]) == {Evidence(Key(NAME, "8613812345678"), confirmed=True)}
    assert (
        shared([fact(1, kind=IdentifierKind.COURIER), fact(2, kind=IdentifierKind.COURIER)]) == {}
    )


def test_what_was_rejected_is_not_asked_again_unless_it_is_confirmed_since():
    said = shared([fact(1, state=RECORDED), fact(2)])[1, 2]
    assert proposable(said, said) == frozenset()
    since = shared([fact(1), fact(2)])[1, 2]
    assert proposable(since, said) == since
    assert clusters([fact(1), fact(2)], {(1, 2): said}) == ({1, 2},)
    assert clusters([fact(1), fact(2)], {(1, 2): since}) == ()


@given(facts, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_changes_the_clusters(known, chance):
    again = known + [chance.choice(known) for _ in range(4) if known]
    chance.shuffle(again)
    assert clusters(again, {}) == clusters(known, {})
    assert shared(again) == shared(known)


@given(facts)
def test_a_withdrawn_fact_is_as_one_never_recorded(known):
    left = [each for each in known if each.state is not WITHDRAWN]
    assert clusters(known, {}) == clusters(left, {})
    assert shared(known) == shared(left)


@given(facts)
def test_two_shops_are_in_one_cluster_where_joining_facts_lead_from_one_to_the_other(known):
    ties = {pair for pair, said in shared(known).items() if any(joins(each) for each in said)}
    for cluster in clusters(known, {}):
        reached, edge = set(), {min(cluster)}
        while edge:
            reached |= edge
            edge = {
                other
                for other in cluster - reached
                if any(pair_of(other, each) in ties for each in reached)
            }
        assert reached == cluster
    joined = {pair for pair in ties if any(set(pair) <= each for each in clusters(known, {}))}
    assert joined == ties


def test_days_from_a_closure_to_an_opening():
    closed = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    assert days_until_reappearance(closed, date(2026, 3, 12)) == 11
    assert days_until_reappearance(closed, date(2026, 3, 1)) == 0
    assert days_until_reappearance(closed, date(2026, 2, 28)) is None
    assert days_until_reappearance(None, date(2026, 2, 28)) is None


@pytest.mark.parametrize(("kind", "most", "joined"), [(PHONE, 20, True), (NAME, 5, False)])
def test_what_a_crowd_bears_joins_or_says_nothing(kind, most, joined):
    crowd = [fact(shop, kind=kind, state=RECORDED) for shop in range(1, most + 2)]
    assert len(shared(crowd[:most])) == most * (most - 1) // 2
    assert shared(crowd) == {}
    sure = [fact(shop, kind=kind) for shop in (1, 2)]
    assert clusters([*crowd, *sure], {}) == ((frozenset({1, 2}),) if joined else ())
    assert set(shared([*crowd, *sure])) == ({(1, 2)} if joined else set())


PHOTO = IdentifierKind.PHOTO_REUSE
BASE = (0x0F0F_3C3C_A5A5_9999 << 256) | int("5A3C96F00F1E2D4B" * 4, 16)
patterns = st.builds(
    lambda base, bits, fine: base ^ sum(1 << bit for bit in bits) ^ ((1 << fine) - 1),
    st.sampled_from([0, BASE, likeness.mirrored(BASE), 2**320 - 1]),
    st.sets(st.integers(256, 319), max_size=9),
    st.sampled_from([0, 3, 40, 41]),
)
shown = st.lists(
    st.builds(
        lambda shop, pattern, state: fact(shop, likeness.written(pattern), PHOTO, state),
        st.integers(1, 5),
        patterns,
        st.sampled_from(IdentifierState),
    ),
    max_size=14,
)


@given(shown, st.randoms())
def test_pictures_are_shared_where_any_two_of_them_are_near_whatever_the_order(told, chance):
    wanted = {
        pair_of(one.shop_id, other.shop_id)
        for one in told
        for other in told
        if one.shop_id != other.shop_id
        and WITHDRAWN not in (one.state, other.state)
        and any(
            ((pattern ^ likeness.read(other.key.normal)) >> 256).bit_count() <= 7
            and ((pattern ^ likeness.read(other.key.normal)) % 2**256).bit_count() <= 40
            for pattern in (
                likeness.read(one.key.normal), likeness.mirrored(likeness.read(one.key.normal))
            )
        )
    }  # fmt: skip
    known = shared(told)
    assert set(known) == wanted
    again = [*told, *told]
    chance.shuffle(again)
    assert shared(again) == known
    assert clusters(told, {}) == (), "what is weak joins nobody"
    for pair, evidence in known.items():
        assert len({each.key for each in evidence}) == len(evidence)
        for each in evidence:
            bearers = {row.shop_id for row in told if rests_on(each, row.key)}
            assert set(pair) <= bearers


@given(shown)
def test_a_third_shops_picture_is_no_new_evidence_about_two_others(told):
    two = [each for each in told if each.shop_id <= 2]
    assert shared(told).get((1, 2)) == shared(two).get((1, 2))


def test_a_picture_of_a_crowd_is_told_by_all_that_are_near_it():
    """Each copy was saved a little differently: no two are equal, and all are one picture."""
    most = CROWD[Strength.WEAK]
    pattern = BASE
    told = [
        fact(shop, likeness.written(pattern ^ (1 << (256 + shop))), PHOTO, RECORDED)
        for shop in range(1, most + 1)
    ]
    assert len(shared(told)) == most * (most - 1) // 2
    one_more = fact(most + 1, likeness.written(pattern), PHOTO, RECORDED)
    assert shared([*told, one_more]) == {}


def test_a_camera_whose_number_is_not_told_is_shown_beside_something_else_alone():
    model = Evidence(Key(IdentifierKind.EXIF_DEVICE, "huawei p30 *"), confirmed=True)
    numbered = Evidence(Key(IdentifierKind.EXIF_DEVICE, "huawei p30 12345678"), confirmed=False)
    assert proposable({model}) == frozenset()
    assert proposable({model, numbered}) == {model, numbered}
    assert proposable({model, numbered}, {numbered}) == frozenset()


def test_what_is_masked_whole_compares_with_nothing():
    for kind in (PHONE, ADDRESS, NAME):
        assert normal_form(kind, "*** **", "CN") == ""
    assert normal_form(NAME, "张*") == "张*"
