"""Who owes a second factor, what signs, and which passwords are taken."""

import pytest

from rules.access import SECOND_FACTOR_ROLES, Owed, Proof, SecondFactorPolicy, owed, to_sign
from rules.passwords import weakness
from rules.roles import PERSONS, Role

REQUIRED, OFFERED = SecondFactorPolicy.REQUIRED, SecondFactorPolicy.OFFERED


@pytest.mark.parametrize("role", sorted(PERSONS))
def test_those_who_approve_judge_or_refer_owe_a_second_factor_where_it_is_required(role):
    """Written out once more: a role that slips out of the set would be let in with one factor."""
    must = role in {"approver", "authenticator", "liaison", "supervisor", "administrator"}
    assert (role in SECOND_FACTOR_ROLES) is must
    asked = owed({role, Role.ANALYST}, REQUIRED, enrolled=False, given=False)
    assert asked == (Owed.ENROLMENT if must else None)
    assert owed({role}, OFFERED, enrolled=False, given=False) is None


@pytest.mark.parametrize("policy", [REQUIRED, OFFERED])
def test_who_has_one_gives_it_whatever_the_policy(policy):
    assert owed({Role.BUYER}, policy, enrolled=True, given=False) is Owed.CODE
    assert owed({Role.APPROVER}, policy, enrolled=True, given=True) is None
    assert owed({Role.APPROVER}, policy, enrolled=False, given=True) is None


@pytest.mark.parametrize(
    ("policy", "has_password", "enrolled", "asked"),
    [
        (REQUIRED, True, True, {Proof.PASSWORD, Proof.CODE}),
        (REQUIRED, False, True, {Proof.CODE}),
        (REQUIRED, True, False, {Proof.PASSWORD, Proof.CODE}),
        (REQUIRED, False, False, {Proof.CODE}),
        (OFFERED, True, True, {Proof.PASSWORD, Proof.CODE}),
        (OFFERED, True, False, {Proof.PASSWORD}),
        (OFFERED, False, False, set()),
    ],
)
def test_what_a_signature_asks_for(policy, has_password, enrolled, asked):
    assert to_sign(policy, has_password=has_password, enrolled=enrolled) == asked


@pytest.mark.parametrize(
    "password",
    [
        "short pass1",
        "password123456",
        "P@ssw0rd!2026",
        "qwertyuiop123",
        "123456789012",
        "aaaaaaaaaaaab",
        "abcabcabcabc",
        "letmeinletmein",
        "Ada.Lovelace.1815",
        "testbuy-swarovski",
        "x" * 201,
    ],
)
def test_a_password_that_is_tried_first_is_not_taken(password):
    assert weakness(password, "Ada Lovelace", "ada@example.org"), password


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "vier gelbe Teller",
        "Mx7-kPw9-rTq2",
        "我的密码由八个汉字组成好",
    ],
)
def test_a_long_one_of_ones_own_is_taken(password):
    assert weakness(password, "Ada Lovelace", "ada@example.org") is None, password
