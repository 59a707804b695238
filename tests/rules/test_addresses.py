"""Which addresses are one listing's, and which are two."""

import pytest

from rules.addresses import LONGEST, listing_key

ONE = "shop.example/goods/17?id=42"


@pytest.mark.parametrize(
    "copied",
    [
        "https://shop.example/goods/17?id=42",
        "http://www.shop.example/goods/17/?id=42",
        "HTTPS://SHOP.EXAMPLE:443/goods/17?spm=a21.7&id=42&from=search#reviews",
        "  shop.example/goods/17?utm_source=mail&ID=42 ",
    ],
)
def test_copies_of_one_address_are_one_key(copied: str) -> None:
    assert listing_key(copied) == ONE


@pytest.mark.parametrize(
    "other",
    [
        "https://shop.example/goods/18?id=42",
        "https://shop.example/goods/17?id=43",
        "https://shop.example/goods/17",
        "https://other.example/goods/17?id=42",
        "https://shop.example:8443/goods/17?id=42",
        "https://shop.example/Goods/17?id=42",
    ],
)
def test_other_listings_have_other_keys(other: str) -> None:
    assert listing_key(other) not in (None, ONE)


def test_chinese_in_an_address_is_written_one_way() -> None:
    assert listing_key("https://shop.example/手表?id=1") == listing_key(
        "https://shop.example/%E6%89%8B%E8%A1%A8?id=1"
    )
    assert len(listing_key("https://shop.example/" + "手" * 400) or "") == LONGEST


@pytest.mark.parametrize(
    "text",
    [
        "",
        "watch",
        "crystal watch",
        "TB-2026-000017",
        "javascript:alert(1)",
        "http://[::1",
        "ftp://a.b/c",
    ],
)
def test_what_is_no_address_has_no_key(text: str) -> None:
    assert listing_key(text) is None
