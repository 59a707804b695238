"""The seal beside what is sealed: what it says, and what "verify now" finds, in words, at once."""

import pytest

from casework.auditing import sealchecks
from rules.roles import Role
from storage.rows import every
from storage.tables import Photo
from tests.portal.small_world import World


def seals_of(page: str) -> list[str]:
    """The addresses behind "verify now" on a page."""
    return [part.partition('"')[0] for part in page.split('class="button" href="')[1:] if "seal" in
            part.partition('"')[0]]  # fmt: skip


def test_every_seal_of_a_test_buy_holds_and_says_so_in_words(world: World) -> None:
    reference = world.testbuys["judged"]
    analyst = world.client(Role.ANALYST)
    addresses = seals_of(analyst.get(f"/testbuys/{reference}").text)
    kinds = {address.split("/")[4] for address in addresses}
    assert {"ledger", "evidence", "verdict", "entry"} <= kinds
    for address in {kind: each for each in addresses for kind in [each.split("/")[4]]}.values():
        page = analyst.get(address)
        assert page.status_code == 200 and "It holds" in page.text, address
        place = analyst.get(f"{address}?in=place").text
        assert "It holds" in place and "<html" not in place


@pytest.mark.parametrize(
    ("harm", "what", "says"),
    [
        ("UPDATE verdict SET reasons = 'Genuine after all'", "verdict", "not what was sealed"),
        ("UPDATE ledger SET body = replace(body, 'photo', 'print')", "ledger", "ledger"),
        ("DELETE FROM photo WHERE shot = 'I01'", "evidence", "no longer on record"),
    ],
)
def test_what_was_changed_no_longer_holds(world: World, harm: str, what: str, says: str) -> None:
    """As somebody who owns the database could: without the triggers that stop everybody else."""
    reference = world.testbuys["judged"]
    which = world.examinations[reference] if what == "verdict" else "now"
    with world.db.engine.connect() as connection:
        drop = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in connection.exec_driver_sql(drop).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql(harm)
        connection.commit()
    page = world.client(Role.AUDITOR).get(f"/testbuys/{reference}/seals/{what}/{which}").text
    assert "It does not hold" in page and says in page


def test_a_file_that_rots_breaks_the_seal_of_its_evidence_set(world: World) -> None:
    reference = world.testbuys["judged"]
    address = f"/testbuys/{reference}/seals/evidence/now"
    auditor = world.client(Role.AUDITOR)
    assert "It holds" in auditor.get(address).text
    with world.db.read() as tx:
        photo = every(tx, Photo, testbuy_id=world.row(reference).id)[0]
    file = world.vault.path(photo.digest)
    file.chmod(0o600)
    file.write_bytes(b"another picture")
    assert "It does not hold" in auditor.get(address).text


def test_a_package_that_was_changed_after_it_was_sent_is_found(world: World, referral: str) -> None:
    from evidence.digests import digest_of_file
    from storage.rows import change, table_of
    from storage.tables import Referral

    folder = world.home / "bundles"
    folder.mkdir()
    file = folder / f"{referral}.zip"
    file.write_bytes(b"the package")
    with world.db.write() as tx:
        same = table_of(Referral).c.reference == referral
        change(tx, Referral, same, bundle_digest=digest_of_file(file), sent_at=world.now)
    liaison = world.client(Role.LIAISON)
    assert f"/referrals/{referral}/seal" in liaison.get(f"/referrals/{referral}").text
    assert "It holds" in liaison.get(f"/referrals/{referral}/seal").text
    file.write_bytes(b"another package")
    assert "It does not hold" in liaison.get(f"/referrals/{referral}/seal").text
    file.unlink()
    assert "not in this machine" in liaison.get(f"/referrals/{referral}/seal").text


def test_an_examiner_verifies_their_own_verdict_and_learns_nothing_else(world: World) -> None:
    reference = world.testbuys["judged"]
    examination = world.examinations[reference]
    address = f"/examinations/{examination}/verdict/seal"
    page = world.client(Role.AUTHENTICATOR).get(address).text
    assert "It holds" in page and reference not in page and "PB/" not in page
    assert address in world.client(Role.AUTHENTICATOR).get(f"/examinations/{examination}").text
    assert world.client("other authenticator").get(address).status_code == 404
    other = world.examinations[world.testbuys["other brand"]]
    assert (
        world.client(Role.AUTHENTICATOR).get(f"/examinations/{other}/verdict/seal").status_code
        == 404
    )


def test_a_seal_that_nothing_checks_holds_nothing() -> None:
    """No check is never a yes."""
    assert not sealchecks.Checked("sha256:0", None, "", ()).holds


def test_verify_now_answers_beside_the_seal(world: World, page_of) -> None:
    page = page_of(Role.ANALYST)
    page.goto(f"/testbuys/{world.testbuys['judged']}")
    seal = page.locator(".headseals .seal").nth(1)
    seal.locator("summary").click()
    seal.get_by_role("link", name="Verify now").click()
    seal.get_by_text("It holds").wait_for()
    assert page.url.endswith(world.testbuys["judged"])
