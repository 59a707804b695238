"""Superseded verdicts on their page: receipts and reviews of test buys that were never referred."""

import hashlib

from casework.examinations import examining
from casework.referring import answering
from casework.verdicts import judging
from rules.roles import Role
from rules.verdicts import Testimony, Verdict
from storage.rows import every
from storage.tables import Examination, OutcomeReview, SupersededNotice
from tests.portal.small_world import World, send


def superseded(world: World) -> str:
    """A counterfeit closed as too small, whose verdict a later one took the place of."""
    reference = world.testbuys["judged"]
    analyst = world.act(Role.ANALYST, "close")
    version = world.row(reference).version
    answering.close(world.db, analyst, reference, version=version, note="Too small")
    judging.judge_again(
        world.db, world.act(Role.ANALYST, "doubt"), reference,
        version=None, reason="The rights holder doubts it", supersedes=True,
    )  # fmt: skip
    grant(world)
    with world.db.read() as tx:
        newest = every(tx, Examination, testbuy_id=world.row(reference).id)[-1].public_id
    other = world.act(Role.AUTHENTICATOR, "claim", "other authenticator")
    examining.claim(world.db, other, newest)
    judging.seal(
        world.db, world.act(Role.AUTHENTICATOR, "seal", "other authenticator"), newest,
        verdict=Verdict.GENUINE, findings=[], confidence="high", method="By eye",
        reasons="A later edition.", limits="None.", conflict_statement="None.", no_conflict=True,
        testimony=Testimony(
            "Twelve years in the workshop", "Letter of 2 January 2026", "Two pieces of this year"
        ),
    )  # fmt: skip
    return reference


def grant(world: World) -> None:
    from casework.people import access

    access.change_grants(
        world.db,
        world.act(Role.ADMINISTRATOR, hashlib.sha256(b"grant").hexdigest()),
        world.people["other authenticator"],
        [Role.AUTHENTICATOR],
        ["Swarovski", "Royal Canin"],
    )


def test_receipts_and_reviews_of_a_test_buy_never_referred(world: World) -> None:
    reference = superseded(world)
    liaison, analyst = world.client(Role.LIAISON), world.client(Role.ANALYST)
    assert f'href="/superseded?testbuy={reference}"' in liaison.get(f"/testbuys/{reference}").text
    page = liaison.get("/superseded").text
    assert "Swarovski AG" in page and "Person Authenticator" in page
    assert "The test buy ended on it." in page
    with world.db.read() as tx:
        notices, (review,) = every(tx, SupersededNotice), every(tx, OutcomeReview)
    assert len(notices) == 2
    said = {"notice": str(notices[0].id), "by": "Ms Graf, <i>by mail</i>"}
    assert send(analyst, "/superseded/receipt", **said).status_code == 403
    missing = send(liaison, "/superseded/receipt", notice=str(notices[0].id))
    assert missing.status_code == 422 and missing.text.count("Fill this in.") == 1
    assert send(liaison, "/superseded/receipt", **said).status_code == 303
    assert send(liaison, "/superseded/receipt", **said).status_code == 409
    page = analyst.get("/superseded").text
    assert "Ms Graf, &lt;i&gt;by mail" in page and "recorded by Person Liaison" in page
    word = {"review": str(review.id), "decision": "It stays closed."}
    assert send(world.client(Role.AUDITOR), "/superseded/review", **word).status_code == 403
    assert send(analyst, "/superseded/review", **word).status_code == 303
    assert "It stays closed." in liaison.get(f"/superseded?testbuy={reference}").text
    assert "Nothing rests on" in liaison.get("/superseded?testbuy=TB-2026-999999").text
    # Who sealed it learns of it by the examination's number alone.
    home = world.client(Role.AUTHENTICATOR).get("/").text
    assert f"Your verdict in examination {world.examinations[reference]}" in home
    assert reference not in home
