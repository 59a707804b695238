"""How referrals go to an agency, chosen on its card."""

from casework.referring import agencies
from rules.delivery import Delivery
from rules.roles import Role
from storage.rows import every
from storage.tables import Agency
from tests.portal.small_world import World, send


def _agency(world: World) -> Agency:
    with world.db.read() as tx:
        return every(tx, Agency)[0]


def test_a_liaison_chooses_how_referrals_go(world: World) -> None:
    liaison, row = world.client(Role.LIAISON), _agency(world)
    at, seen = f"/agencies/{row.id}/delivery", agencies.mark_of(row)
    said = {"delivery": "folder", "reason": "They read no mails", "seen": seen}
    for wrong in ({"delivery": "pigeon"}, {"reason": ""}):
        assert send(liaison, at, **said | wrong).status_code == 422, wrong
    refused = send(liaison, at, **said | {"delivery": "mail"})
    assert refused.status_code == 409 and "no valid certificate" in refused.text
    assert "They read no mails" in refused.text, "what was typed comes back"
    assert send(world.client(Role.ANALYST), at, **said).status_code == 403
    assert send(liaison, at, **said).status_code == 303
    assert _agency(world).delivery is Delivery.FOLDER
    stale = send(liaison, at, **said | {"delivery": "interface"})
    assert stale.status_code == 409 and "changed meanwhile" in stale.text
    page = world.client(Role.AUDITOR).get("/agencies").text
    assert "as a sealed folder" in page and at not in page
    administrator = world.client(Role.ADMINISTRATOR).get("/agencies").text
    assert at in administrator and agencies.mark_of(_agency(world)) in administrator
