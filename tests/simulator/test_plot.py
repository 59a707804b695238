"""The demonstration's plot hangs together."""

from collections import Counter
from datetime import UTC, datetime

from simulator.cast import BRANDS, CAST, PERSONAS_EACH, personas
from simulator.plot import CAMPAIGNS, STORIES, examined, operator_name
from simulator.setting import world
from simulator.world import dump, load

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def test_the_same_seed_makes_the_same_world_and_it_survives_its_file(tmp_path):
    made = world(NOW, 17)
    assert made == world(NOW, 17) != world(NOW, 18)
    dump(made, tmp_path / "world.json")
    assert load(tmp_path / "world.json") == made


def test_every_story_has_a_flagged_listing_of_its_own_in_a_known_brand():
    made = world(NOW, 17)
    flagged = {each.listing_id: each for each in made.listings if each.flag}
    brands = {brand for _, brand in BRANDS}
    assert len(flagged) >= 20 and len(made.shops) >= 14
    assert len({story.listing_id for story in STORIES}) == len(STORIES)
    assert all(flagged[story.listing_id].brand in brands for story in STORIES)
    named = {story.campaign for story in STORIES if story.campaign}
    assert named == {name for name, *_ in CAMPAIGNS}


def test_an_authenticator_can_tell_from_brand_and_category_what_to_say():
    # Their pages tell no more, so two stories that differ must not share both.
    made = world(NOW, 17)
    for story in STORIES:
        listing = made.listing(story.listing_id)
        assert listing is not None
        seen = examined(listing.brand, listing.category)
        if story.looks:
            assert seen is not None and seen.looks == story.looks
        elif story.waiting == "Waiting for verdict":
            assert seen is None


def test_a_second_look_finds_a_second_authenticator():
    made = world(NOW, 17)
    granted = Counter(brand for member in CAST for brand in member.brands)
    for story in STORIES:
        verdicts = [look for look in story.looks if look.ask is None]
        listing = made.listing(story.listing_id)
        assert listing is not None
        assert granted[listing.brand] >= len(verdicts), story.key


def test_there_are_personas_for_every_purchase():
    made = world(NOW, 17)
    buyers = [member for member in CAST if member.region]
    have = Counter(member.region for member in buyers for _ in personas(member))
    need = Counter(
        shop.region
        for story in STORIES
        if (listing := made.listing(story.listing_id)) and (shop := made.shop(listing.shop_id))
    )
    assert PERSONAS_EACH > 1
    assert all(have[region] >= number for region, number in need.items())


def test_the_watch_case_is_one_operator_with_two_shops_and_two_million():
    made = world(NOW, 17)
    watch = [story for story in STORIES if operator_name(story) == "Liu"]
    shops = {made.listing(story.listing_id).shop_id for story in watch}
    assert {made.shop(shop_id).registrant for shop_id in shops} == {"Liu", "Wang"}
    sold = sum(each.amount_minor for shop_id in shops for each in made.shop(shop_id).sales)
    assert 190_000_000 <= sold <= 210_000_000
