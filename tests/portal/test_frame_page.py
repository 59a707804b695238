"""The programme's frame: an administrator adds, counsel checks, nobody edits."""

from datetime import UTC, date, datetime

from casework.flags import flagging
from casework.gauge.gauging import gauge
from rules.roles import Role
from storage.rows import every, table_of
from storage.tables import LedgerRow, Policy, ThresholdRow
from tests.portal.small_world import World, send

ROW = {
    "jurisdiction": "cn", "offence": "art. 214, selling", "limb": "sales", "amount": "80000.00",
    "currency": "CNY", "valid_from": "2026-10-01", "source": "Interpretation of September 2026",
}  # fmt: skip


def _rows(world: World) -> list[ThresholdRow]:
    with world.db.read() as tx:
        found = every(tx, ThresholdRow, order_by=table_of(ThresholdRow).c.id)
    return [row for row in found if (row.offence, row.limb) == (ROW["offence"], "sales")]


def test_a_threshold_takes_anothers_place_and_counsel_checks_it(world: World) -> None:
    boss = world.client(Role.ADMINISTRATOR)
    flagging.link_shop(
        world.db, world.act(Role.ANALYST, "link"), shop_id=3, operator=None,
        new_operator_name="Ring of Luohu", basis="One return address",
    )  # fmt: skip
    (before,) = _rows(world)
    assert send(boss, "/frame/thresholds", **ROW | {"source": ""}).status_code == 422
    assert send(world.client(Role.LIAISON), "/frame/thresholds", **ROW).status_code == 403
    assert _rows(world) == [before]
    assert send(boss, "/frame/thresholds", **ROW).status_code == 303
    old, new = _rows(world)
    assert old.valid_until == date(2026, 9, 30) and old.amount == before.amount
    assert (new.amount, new.valid_until, new.verified) == (8_000_000, None, False)
    with world.db.read() as tx:
        read = gauge(tx, 1, "CN", datetime(2026, 10, 2, tzinfo=UTC))
        ours = [limb for limb in read.limbs if limb.threshold.source == ROW["source"]]
    assert len(ours) == 1 and "unverified" in ours[0].sentence
    again = send(boss, "/frame/thresholds", **ROW)
    assert again.status_code == 409 and "begins on 1 Oct 2026" in again.text
    verify = f"/frame/thresholds/{new.id}/verify"
    assert send(boss, verify).status_code == 403
    counsel = world.client(Role.COUNSEL)
    assert send(counsel, verify).status_code == 303
    assert _rows(world)[1].verified
    assert send(counsel, verify).status_code == 409
    with world.db.read() as tx:
        told = [row.body.decode() for row in every(tx, LedgerRow, subject="programme")]
    assert sum("threshold added" in body for body in told) == 1
    assert sum("threshold checked" in body for body in told) == 1


def test_the_frame_is_set_and_read(world: World) -> None:
    boss = world.client(Role.ADMINISTRATOR)
    said = {
        "policies": {"name": "quorum", "value": "2"},
        "deadlines": {"stage": "submitted", "remind_days": "4", "escalate_days": "9"},
        "brands": {"rights_holder": "Tindra AB", "brand": "Tindra"},
    }
    for where, form in said.items():
        assert send(boss, f"/frame/{where}", **form).status_code == 303, where
        assert send(world.client(Role.AUDITOR), f"/frame/{where}", **form).status_code == 403
    page = world.client(Role.AUDITOR).get("/frame").text
    for word in ("4 days", "9 days", "watches", "Tindra AB", "Fengxian police"):
        assert word in page, word
    assert "/frame/policies" not in page
    with world.db.read() as tx:
        assert [row.value for row in every(tx, Policy, name="quorum")] == ["2"]
    assert send(boss, "/frame/policies", name="nonsense", value="2").status_code == 422
    late = send(boss, "/frame/deadlines", stage="submitted", remind_days="9", escalate_days="4")
    assert late.status_code == 409 and "escalate no sooner" in late.text
