"""Which pictures a page names as its article's: by its own words, and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.declared import MOST, pictures_of

AT = "https://shop.example/listings/1"


def found(page):
    return pictures_of(page.encode(), AT)


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ('<meta property="og:image" content="https://img.example/1.jpg">', "https://img.example/1.jpg"),
        ('<img itemprop="image" src="/p/1.jpg">', "https://shop.example/p/1.jpg"),
        ("<link itemprop='image' href='1.jpg'>", "https://shop.example/listings/1.jpg"),
        (
            '<script type="application/ld+json">{"@graph": [{"@type": "Product", "image": '
            '[{"@type": "ImageObject", "url": "/a.jpg"}]}]}</script>',
            "https://shop.example/a.jpg",
        ),
        ('<meta property="og:image" content="//img.example/a?b=1&amp;c=2">', "https://img.example/a?b=1&c=2"),
    ],
)  # fmt: skip
def test_what_a_page_declares_is_found(page, wanted):
    assert found(page) == (wanted,)


@pytest.mark.parametrize(
    "page",
    [
        "",
        '<img src="/banner.jpg">',
        '<meta property="og:image" content="data:image/png;base64,AAAA">',
        '<meta property="og:image" content="file:///etc/passwd">',
        '<meta property="og:image" content="http://[broken">',
        '<meta property="og:image">',
        '<script type="application/ld+json">{"@type": "Shop", "image": "/logo.jpg"}</script>',
        '<script type="application/ld+json">{"image": </script>',
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
        '<meta property="og:image" content="/' + "x" * 3000 + '">',
    ],
)
def test_what_it_does_not_declare_is_left(page):
    assert found(page) == ()


def test_each_is_named_once_in_order_and_no_more_than_are_fetched():
    page = "".join(
        f'<meta property="og:image" content="/{number // 2}.jpg">' for number in range(40)
    )
    assert found(page) == tuple(f"https://shop.example/{number}.jpg" for number in range(MOST))


@given(st.binary(max_size=300))
def test_no_page_breaks_the_reader(page):
    pictures_of(b'<meta property="og:image" content="/a.jpg">' + page, AT)
