"""Verdicts by keys alone: one is given and counted, sixty are as many again."""

from datetime import timedelta

from rules.roles import Role
from tests.portal import small_world
from tests.portal.journeys.recorder import Hand, noted
from tests.portal.small_world import World

REASONS = "The edges are rough."
FINDING = ("o", "c", "3")
QUALIFIED = ("i", "Escape", "y")
VERDICT = ("v", "1", "w", "3")


def test_sixty_verdicts(world: World, page_of) -> None:
    """Two minutes each in all; what is left of them is for looking. The second of two is counted:
    from the first one's page, as a day of them goes."""
    small_world._examined(world, 6)
    page = page_of(Role.AUTHENTICATOR)
    first = Hand(page)
    first.open("/examinations")
    _verdict(first)
    before = page.url
    hand = Hand(page)
    _verdict(hand)
    assert page.url != before
    world.now += timedelta(seconds=10)
    first.go_by_key("q")
    assert page.locator(".sealedlist > li").count() == 3, "these two, and one of before"
    noted("authenticator", "60 verdicts with a finding each", hand.tally.times(60), limit=120)


def _verdict(hand: Hand) -> None:
    """The next free examination, from wherever one is."""
    hand.go_by_key("n")
    hand.page.locator(".live").wait_for()
    hand.press("+", "+", "ArrowRight", *FINDING, *QUALIFIED, *VERDICT, "r")
    hand.page.keyboard.type(REASONS)
    hand.keys += len(REASONS)
    hand.go_by_key("Control+Enter")
    assert "did=given" in hand.page.url
