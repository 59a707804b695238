"""A mystery buyer's whole test buy on the phone, counted."""

from tests.portal.journeys.recorder import PHONE, Tally, noted, words_of
from tests.portal.phone import SETTLED, Journey
from tests.portal.small_world import BEFORE_BAGGING, BEFORE_ORDER, BEFORE_RECEIPT, World, picture


def test_a_whole_test_buy_on_the_phone_is_six_minutes_of_work(world: World, phone: Journey) -> None:
    """Every tap and letter is counted. A photo is four taps: the button, the shutter, the camera's
    own "use it", and *Keep it*."""
    page, reference = phone.page, world.testbuys["assigned"]
    say, photos = words_of("buyer"), 0

    def shoot(codes: tuple[str, ...]) -> None:
        nonlocal photos
        for code in codes:
            page.locator("[data-part=title]", has_text=code).wait_for(timeout=SETTLED)
            phone.choose(f"{code}.jpg", picture(f"journey {code}"))
            phone.keep()
            photos += 1
        phone.says(say("Every photo needed now is in."))

    def type_in(name: str, text: str) -> None:
        field = page.locator(f"[name={name}]:visible").first
        phone.taps += 1
        phone.typed += len(text)
        field.fill(text)

    def press(name: str) -> None:
        phone.taps += 1
        page.get_by_role("button", name=say(name), exact=True).tap()

    shoot(BEFORE_ORDER)
    page.wait_for_load_state()
    type_in("order_number", "8812004417")
    type_in("paid", "98.50")
    press("Record the order")
    phone.says(say("The order is recorded."))
    shoot(BEFORE_RECEIPT)
    press("Record as received, unopened")
    phone.says(say("The parcel is recorded as received."))
    shoot(BEFORE_BAGGING)
    type_in("description", "Crystal watch, boxed")
    type_in("seal_number", "SB-00417702")
    press("Record the exhibits")
    phone.says(say("The exhibits are recorded."))
    assert world.row(reference).stage == "documented"
    done = Tally(phone.taps, phone.typed, photos=photos, waited=None)
    noted("buyer", "9 photos, order, receipt, one exhibit", done, limit=6, pace=PHONE)
