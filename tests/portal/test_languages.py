"""Which language a page speaks."""

import pytest

from portal.languages import chosen


@pytest.mark.parametrize(
    ("own", "cookie", "accepts", "spoken"),
    [
        ("zh", "en", "en", "zh"),
        (None, "zh", "en", "zh"),
        (None, None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, None, "de-DE,de;q=0.9,en;q=0.5", "en"),
        (None, "tlh", "fr", "en"),
        (None, None, "", "en"),
        (None, None, "*;q=nonsense,,", "en"),
    ],
)
def test_the_persons_choice_counts_before_the_browsers(own, cookie, accepts, spoken) -> None:
    assert chosen(own, cookie, accepts) == spoken
