"""Superseded verdicts on their page: receipts and reviews of test buys that were never referred."""

import hashlib

from casework.examinations import examining
from casework.referring import answering
from casework.verdicts import judging
from rules.roles import Role
from rules.verdicts import Testimony, Verdict
from storage.rows import every
from storage.tables import Examination, Look, OutcomeReview, SupersededNotice
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


def test_the_letter_stands_beside_each_word_owed(world: World) -> None:
    """For whoever records the receipt, and auditors; the recipient's own language first."""
    reference = superseded(world)
    liaison = world.client(Role.LIAISON)
    page = liaison.get("/superseded").text
    with world.db.read() as tx:
        numbers = [each.id for each in every(tx, SupersededNotice)]
    for number in numbers:
        address = f"/superseded/{reference}/letters/{number}"
        assert f'href="{address}?language=en"' in page
        for role in (Role.LIAISON, Role.AUDITOR):
            answer = world.client(role).get(address)
            assert answer.status_code == 200 and answer.content[:5] == b"%PDF-"
            # Its name says nothing of the test buy to whoever examined.
            assert reference not in answer.headers["content-disposition"]
        assert world.client(Role.ANALYST).get(address).status_code == 403
    assert "/letters/" not in world.client(Role.ANALYST).get("/superseded").text
    assert "Nothing is sent by itself." in page
    first = f"/superseded/{reference}/letters/{numbers[0]}"
    chinese, own = (liaison.get(first + end).content for end in ("?language=zh", ""))
    assert chinese != own and len({liaison.get(first).content, own}) == 1
    for nowhere in (f"/superseded/TB-2026-999999/letters/{numbers[0]}", first + "9999999"):
        assert liaison.get(nowhere).status_code == 404
    with world.db.read() as tx:
        looks = [row.subject for row in every(tx, Look) if row.route == "superseded_letter"]
    assert set(looks) == {reference}
