"""The page of keys: what signs, what is wrong with it, and how the anchors stand."""

from datetime import timedelta

import pytest

from casework.clock import anchoring
from casework.record import keys
from rules.roles import Role
from storage.rows import one
from storage.tables import SigningCertificate
from tests.portal.small_world import World

WHOSE = {"name": "Evidence desk", "organisation": "A Marketplace"}
WORD = "opens the key"


def _make(world: World, days: int, *, demo: bool = False) -> SigningCertificate:
    act = world.act(Role.ADMINISTRATOR, f"key {days}")
    lasts = timedelta(days=days)
    keys.make(world.db, act, world.settings.signing_key, WORD, **WHOSE, lasts=lasts, demo=demo)
    with world.db.read() as tx:
        row = one(tx, SigningCertificate, retired_at=None)
    assert row is not None
    return row


def _shown(world: World) -> str:
    world.settings = world.settings.model_copy(update={"signing_password": WORD})
    return world.client(Role.ADMINISTRATOR).get("/keys").text


def test_without_a_key_the_page_says_that_nothing_is_signed(world: World) -> None:
    text = _shown(world)
    assert "No key signs: dossiers and bundles leave unsigned." in text
    assert "No anchor yet." in text


def test_a_good_key_stands_with_its_fingerprint_and_no_warning(world: World) -> None:
    row = _make(world, 400)
    text = _shown(world)
    groups = [row.fingerprint[at : at + 8] for at in range(0, 64, 8)]
    assert "".join(f"<span>{each}</span>" for each in groups) in text
    assert row.subject in text and "message caution" not in text


@pytest.mark.parametrize(
    ("days", "demo", "later", "said"),
    [
        (20, False, 0, "expires within 30 days"),
        (400, True, 0, "nothing that it signs is evidence"),
        (20, False, 30, "The certificate has expired"),
    ],
)
def test_what_is_wrong_with_the_key_is_said(
    world: World, days: int, demo: bool, later: int, said: str
) -> None:
    _make(world, days, demo=demo)
    world.now += timedelta(days=later)
    assert said in _shown(world)


def test_another_key_retires_the_one_before_and_both_stay(world: World) -> None:
    first, second = _make(world, 400), _make(world, 500)
    text = _shown(world)
    assert first.fingerprint[:8] in text and second.fingerprint[:8] in text
    assert text.count("signs now") == 1 and text.count(">retired ") == 1


def test_a_key_that_can_not_be_opened_is_said_and_breaks_no_page(world: World) -> None:
    act = world.act(Role.ADMINISTRATOR, "closed")
    lasts = timedelta(days=400)
    keys.make(world.db, act, world.settings.signing_key, "another", **WHOSE, lasts=lasts)
    assert "The key can't be opened here" in _shown(world)


def test_the_last_anchor_is_shown(world: World) -> None:
    anchor = anchoring.make(world.db, world.act(Role.PROGRAMME, "anchor"))
    assert anchor is not None
    assert anchor.root in _shown(world)
