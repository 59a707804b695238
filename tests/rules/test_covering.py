"""What is covered in a chat: all that leads to the buyer, and nothing that speaks for anybody."""

import pytest

from rules.covering import SIGN, covered, leading

ACCOUNT = ("sunny_buyer_77", "Bao Yun", "Room 5, 12 Canary Lane, Shenzhen", "ORDER-4711")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("My account is Sunny_Buyer_77.", f"My account is {SIGN}."),
        ("Send it to 12 canary lane please", f"Send it to {SIGN} please"),
        ("bao  yun, right?", f"{SIGN}, right?"),
        ("I told you order-4711 is paid", f"I told you {SIGN} is paid"),
        ("Call 138 0013 8000 or 13800138000", f"Call {SIGN} or {SIGN}"),
        ("Write to yun@example.org", f"Write to {SIGN}"),
    ],
)
def test_what_leads_to_the_buyer_is_covered_however_it_is_written(text, left):
    words = leading(ACCOUNT, ["I am at 138 0013 8000, yun@example.org"])
    assert covered(text, words) == left


@pytest.mark.parametrize(
    "text",
    [
        "It is genuine, I bought it from the brand for 19900 yuan in 2025.",
        "Our licence number is 91440300777777777X, look it up.",
        "Lane 3 of the market; we ship to any room.",
        "正品，支持专柜验货，假一赔十",
    ],
)
def test_what_a_seller_says_for_himself_stays(text):
    assert covered(text, leading(ACCOUNT, ["我要一个"])) == text


def test_a_short_name_is_not_found_inside_another_word():
    assert covered("Li, is it reliable?", leading(["Li"], [])) == f"{SIGN}, is it reliable?"


def test_a_chinese_address_without_commas_is_covered_by_its_street():
    words = leading(["深圳市罗湖区田贝四路12号301室"], ["我的电话13800138000，谢谢"])
    assert (
        covered("寄到田贝四路12号301室 吗？电话13800138000", words) == f"寄到{SIGN} 吗？电话{SIGN}"
    )
    assert covered("深圳市发货，罗湖区自提", words) == "深圳市发货，罗湖区自提"


@pytest.mark.parametrize(
    "text",
    [
        "138\u20110013\u20138000",
        "138 (0013) 8000",
        "1380013\u200b8000",
        "\uff11\uff13\uff18 0013 8000",
        "138\ufe0f0013\u034f8000",
        "138\u28000013\U000e00418000",
    ],
)
def test_what_nobody_sees_between_two_signs_hides_nothing(text):
    assert covered(f"Call {text}!", leading(["138 0013 8000"], [])) == f"Call {SIGN}!"
