"""Invitations by mail and by QR code: what is sent, what is shown, and what counts of it."""

import io
import re
from email import message_from_bytes
from email.policy import default
from itertools import count

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page

from casework import letters
from casework.act import Act
from casework.mails import mailing
from connectors.mail import MailFolder, MailOutcomeUnknown
from portal.settings import Settings
from rules.notices import MailWhen
from rules.roles import Role
from storage.rows import every
from storage.tables import Invitation, Mail
from tests.portal.small_world import World, seed, send
from tests.portal.test_account import accept

PUBLIC = "https://portal.example"
OFFICE = letters.Office("testbuy@example.com", PUBLIC)
NUMBERS = count()


def round_of_mails(world: World, server: object = None) -> list[str]:
    """Send what is owed, into the folder; gives the addresses of invitations in the mails."""
    act = lambda: Act(Role.PROGRAMME, world.now, seed(f"mail {next(NUMBERS)}"))  # noqa: E731
    mailing.send_all(world.db, server or MailFolder(world.home / "mail"), OFFICE, act)  # type: ignore[arg-type]
    found = []
    for file in sorted((world.home / "mail").glob("*.eml")):
        mail = message_from_bytes(file.read_bytes(), policy=default)
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        found += re.findall(r"https://portal\.example(/invitation/\w+)", text)
    return found


@pytest.fixture
def public(world: World) -> World:
    world.settings = Settings(home=world.home, public_url=PUBLIC, secure_cookies=False)
    world.settings.secure_cookies = False
    mailing.choose(world.db, world.people[Role.CLERK], MailWhen.NEVER)
    return world


def invite(world: World, person: str = Role.CLERK) -> tuple[str, str]:
    number = world.people[person]
    shown = send(world.client(Role.ADMINISTRATOR), f"/people/{number}/invite").text
    address = re.search(r'id="log-in-link">https?://[^/]+(/invitation/\w+)<', shown)
    assert address, shown
    return address[1], shown


def test_an_invitation_goes_out_by_mail_under_an_address_of_its_own(public: World) -> None:
    shown, page = invite(public)
    assert "on its way to clerk@example.org" in page
    (mailed,) = round_of_mails(public)
    assert mailed != shown and round_of_mails(public) == [mailed], "sent once"
    invited = public.client()
    assert "Welcome" in invited.get(mailed).text
    assert accept(invited, mailed).status_code == 303
    for used in (shown, mailed):
        assert public.client().get(used).status_code == 404
    with public.db.read() as tx:
        assert every(tx, Invitation) == []
        kept = repr(every(tx, Mail))
    assert mailed.rpartition("/")[2] not in kept and shown.rpartition("/")[2] not in kept


def test_a_mail_of_an_invitation_that_no_longer_counts_is_not_sent(public: World) -> None:
    first, _ = invite(public)
    second, _ = invite(public)
    assert len(round_of_mails(public)) == 1, "the earlier one is not sent any more"
    third, _ = invite(public, Role.AUDITOR)
    assert accept(public.client(), third).status_code == 303
    assert len(round_of_mails(public)) == 1, "used by what was shown"
    assert public.client().get(first).status_code == 404
    assert public.client().get(second).status_code == 200


def test_a_mail_that_may_have_come_twice_invites_by_both(public: World) -> None:
    """The first may be the one that arrived: it must not be dead because of the second."""

    class Unsure(MailFolder):
        def send(self, message) -> None:
            super().send(message)
            (saved,) = (public.home / "mail").glob("*.eml")
            saved.rename(saved.with_name("first.eml"))
            raise MailOutcomeUnknown("no answer")

    invite(public)
    round_of_mails(public, Unsure(public.home / "mail"))
    public.now += mailing.CLAIM
    both = round_of_mails(public)
    assert len(set(both)) == 2
    assert [public.client().get(each).status_code for each in both] == [200, 200]


def test_without_a_public_address_no_mail_is_owed_and_the_page_says_so(world: World) -> None:
    """The address of a request is the sender's to choose: a mail must not lead where it says."""
    _, page = invite(world)
    assert "No mail is sent" in page
    with world.db.read() as tx:
        assert every(tx, Mail) == []


def read_code(page: Page, place: str) -> str:
    """What a phone's camera reads off the screen."""
    picture = page.locator(place).screenshot()
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return code.text


def test_a_phone_reads_link_invitation_and_task_off_the_desks_screen(world: World, page_of) -> None:
    administrator = page_of(Role.ADMINISTRATOR)
    number = world.people[Role.BUYER]
    for what, button in (("link", "Make the link"), ("invite", "Make the invitation")):
        administrator.goto("/people")
        form = administrator.locator(f'form[action="/people/{number}/{what}"]')
        form.locator("xpath=..").locator("summary").click()
        form.get_by_role("button", name=button).click()
        shown = administrator.locator("#log-in-link").inner_text()
        assert read_code(administrator, ".message .code svg") == shown
    analyst = page_of(Role.ANALYST)
    reference = world.testbuys["assigned"]
    analyst.goto(f"/testbuys/{reference}")
    analyst.get_by_text("Open the task on the buyer's phone").click()
    assert read_code(analyst, ".card .code svg").endswith(f"/tasks/{reference}")
    analyst.goto(f"/testbuys/{world.testbuys['judged']}")
    assert analyst.get_by_text("Open the task on the buyer's phone").count() == 0
