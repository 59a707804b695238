"""What administrator, counsel, auditor and approver do from their home page, step by step."""

from casework.intake import photographing
from rules.notices import MailKind
from rules.roles import Role
from storage.rows import add, every, one, table_of
from storage.tables import Mail, Proceeding, ThresholdRow
from tests.portal.journeys.recorder import Hand, noted, words_of
from tests.portal.small_world import World

HELD = "PB/1"


def test_counsel_places_a_hold(world: World, page_of) -> None:
    page, say = page_of(Role.COUNSEL), words_of("counsel")
    hand = Hand(page)
    hand.open("/")
    hand.click(page.locator("summary", has_text=say("All pages")))
    hand.go(page.get_by_role("link", name=say("Holds"), exact=True).first)
    form = page.locator("form[action='/holds']")
    hand.write(form.locator("[name=subject]"), HELD)
    hand.tab_to(form.locator("[name=reason]"))
    hand.type("The court asked for it")
    hand.go_by_key("Control+Enter")
    assert "did=hold" in page.url
    noted("counsel", "a hold placed on an exhibit", hand.tally, limit=1)


def test_an_administrator_invites_a_person(world: World, page_of) -> None:
    page = page_of(Role.ADMINISTRATOR)
    hand = Hand(page)
    hand.open("/")
    hand.go(page.get_by_role("link", name="People", exact=True).first)
    hand.press("i")
    hand.go_by_key("Control+Enter")
    assert page.locator(".message.handed").count() == 1
    noted("administrator", "an invitation made", hand.tally, limit=1)


def test_an_approver_decides_from_home(world: World, page_of) -> None:
    page = page_of(Role.APPROVER)
    hand = Hand(page)
    hand.open("/")
    hand.go(page.get_by_role("link", name="Approvals", exact=True).first)
    hand.go_by_key("a")
    assert world.row(world.testbuys["requested"]).stage == "authorised"
    noted("approver", "from home to a request approved", hand.tally, limit=1)


def test_counsel_notes_proceedings_on_the_docket(world: World, referral, page_of) -> None:
    page, say = page_of(Role.COUNSEL), words_of("counsel")
    hand = Hand(page)
    hand.open("/")
    hand.go(page.get_by_role("link", name=say("Docket"), exact=True).first)
    hand.press("r")
    form = page.locator("form[action='/proceedings']")
    hand.tab_to(form.locator("[name=kind]"))
    hand.tab_to(form.locator("[name=name]"))
    hand.type("Longgang 2026/17")
    hand.go_by_key("Control+Enter")
    assert page.locator("td", has_text="Longgang 2026/17").count() == 1
    with world.db.read() as tx:
        assert [row.name for row in every(tx, Proceeding)] == ["Longgang 2026/17"]
    noted("counsel", "proceedings noted on the docket", hand.tally, limit=0.5)


def test_an_administrator_changes_a_threshold(world: World, page_of) -> None:
    """From its row: country, offence and limb are there, the amount is at hand."""
    rows = table_of(ThresholdRow).c
    with world.db.read() as tx:
        (before, *_) = every(
            tx, ThresholdRow, rows.valid_until.is_(None), limb="sales", jurisdiction="CN",
            reoffender=False,
        )  # fmt: skip
    page = page_of(Role.ADMINISTRATOR)
    hand = Hand(page)
    hand.open("/")
    hand.click(page.locator("summary", has_text="All pages"))
    hand.go(page.get_by_role("link", name="Frame", exact=True).first)
    hand.go(page.locator(f"#threshold-{before.id}").get_by_role("link", name="Change it"))
    hand.type("60000")
    form = page.locator("form[action='/frame/thresholds']")
    hand.tab_to(form.locator("[name=valid_from]"))
    form.locator("[name=valid_from]").fill("2027-01-01")
    hand.keys += len("01012027")
    hand.write(form.locator("[name=source]"), "Interpretation of 2026, article 5")
    hand.go_by_key("Control+Enter")
    with world.db.read() as tx:
        (new,) = every(tx, ThresholdRow, offence=before.offence, limb="sales", amount=6_000_000)
        ended = one(tx, ThresholdRow, id=before.id)
    assert ended is not None and str(ended.valid_until) == "2026-12-31"
    assert (new.jurisdiction, new.currency, new.verified) == ("CN", "CNY", False)
    noted("administrator", "a threshold replaced by another", hand.tally, limit=1)


def test_an_administrator_has_a_mail_sent_again(world: World, page_of) -> None:
    with world.db.write() as tx:
        why = {"given_up_at": world.now, "given_up_because": "550 no such mailbox"}
        number = add(
            tx, Mail, key="daily:1", kind=MailKind.DAILY, to_person=world.people[Role.CLERK],
            message_id="<1@portal.example>", created_at=world.now, due_at=world.now, **why,
        )  # fmt: skip
    page = page_of(Role.ADMINISTRATOR)
    hand = Hand(page)
    hand.open("/?kind=mail")
    hand.go_by_key("o")
    hand.go_by_key("s")
    assert "did=mail_again" in page.url
    with world.db.read() as tx:
        row = one(tx, Mail, id=number)
    assert row is not None and row.given_up_at is None
    noted("administrator", "a mail that failed sent again", hand.tally, limit=0.5)


def test_an_auditor_reads_the_overrides(world: World, page_of) -> None:
    supervisor = world.act(Role.SUPERVISOR, "waive")
    reference = world.testbuys["assigned"]
    photographing.waive(world.db, supervisor, reference, shot="R02", reason="The label was torn")
    page = page_of(Role.AUDITOR)
    hand = Hand(page)
    hand.open("/")
    hand.click(page.locator("summary", has_text="All pages"))
    hand.go(page.get_by_role("link", name="Overrides", exact=True).first)
    hand.go(page.locator("#waivers").get_by_role("link", name="all of them"))
    assert page.locator("td", has_text="R02: The label was torn").count() == 1
    noted("auditor", "the log of overrides, one kind of it", hand.tally, limit=0.5)
