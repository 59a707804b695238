"""What waits on a phone: whose it is, which shot it is of, and that one stops no other."""

from casework.programme import programme
from rules.roles import Role
from storage.rows import table_of
from storage.tables import TestBuy
from tests.portal.phone import CHOOSER, SETTLED, digest, wait_for
from tests.portal.small_world import picture

SEND = 'async () => (await import("/static/phone/sending.js")).sendAll()'
ROWS = """async () => (await (await import("/static/phone/outbox.js")).all())
  .map((row) => [row.person, row.shot, row.state])"""
KEPT = "async (path) => Boolean(await caches.match(path))"


def task_of(world):
    return f"/tasks/{world.testbuys['assigned']}"


def log_in_as(world, phone, person):
    url = phone.relay.url
    cookie = {"name": "testbuy_session", "value": world.session(person), "url": url}
    phone.page.context.clear_cookies()
    phone.page.context.add_cookies([cookie])


def give_task_to(world, person):
    """As after a failed order: the next attempt may be another buyer's."""
    with world.db.write() as tx:
        rows = table_of(TestBuy)
        mine = rows.c.reference == world.testbuys["assigned"]
        tx.execute(rows.update().where(mine).values(buyer_id=world.people[person]))


def senders(world):
    """Whose uploads ever came to the server."""
    folder = world.home / "uploads"
    return {int(each.name.partition("-")[0]) for each in folder.glob("[0-9]*")}


def test_no_photo_is_sent_in_the_name_of_who_logs_in_next(world, phone):
    """The task has gone to another buyer, who logs in on the same phone, so that the server would
    take the photo as theirs. It waits for its own."""
    page, first, second = phone.page, picture("the first's"), picture("the second's")
    page.context.clear_cookies()
    phone.choose("1.jpg", first)
    phone.keep()
    phone.says("Your log-in has ended; 1 photo waits on this phone.")
    act = world.act(Role.ADMINISTRATOR, "enrol")
    other, mine = world.people["other buyer"], world.people[Role.BUYER]
    money = {"advance_minor": 100_000, "currency": "CNY"}
    programme.enrol_buyer(world.db, act, person_id=other, region="CN", capacity=2, **money)
    give_task_to(world, "other buyer")
    log_in_as(world, phone, "other buyer")
    page.evaluate("dispatchEvent(new Event('online'))")  # the first one's page is still open
    phone.says("Somebody else is logged in, or the task is no longer yours; 1 photo waits")
    phone.open(task_of(world), told="offline")
    assert page.locator(".outbox").is_hidden()
    assert page.evaluate(SEND) is None  # as the service worker does when the network is back
    phone.choose("2.jpg", second)
    phone.keep()
    for _ in wait_for([("P01", digest(second))], world):
        page.wait_for_timeout(50)
    assert senders(world) == {other}
    assert [mine, "P01", "waiting"] in page.evaluate(ROWS)
    give_task_to(world, Role.BUYER)
    log_in_as(world, phone, Role.BUYER)
    page.goto(task_of(world))
    for _ in wait_for([("P01", digest(second)), ("P01", digest(first))], world):
        page.wait_for_timeout(50)
    assert senders(world) == {other, mine}


def test_the_log_in_page_forgets_the_pages_of_whoever_was_here(world, phone):
    """The next one at this phone finds none of them, with a network or without."""
    page, task = phone.page, task_of(world)
    assert page.evaluate(KEPT, task)
    page.context.clear_cookies()
    page.goto("/log-in")
    page.wait_for_function("async (path) => !(await caches.match(path))", arg=task, timeout=SETTLED)
    phone.relay.cut()
    page.goto(task, wait_until="commit")
    assert world.testbuys["assigned"] not in page.content()


def test_a_page_never_opened_says_what_waits_and_what_opens(world, phone):
    """Without a connection."""
    page, task = phone.page, task_of(world)
    phone.relay.cut()
    phone.choose("1.jpg", picture("waits"))
    phone.keep()
    phone.says("1 photo waiting for a connection, nothing lost.")
    page.goto("/tasks/TB-2026-009999")
    phone.says("No connection")
    phone.says("1 photo waits on this phone, nothing lost.")
    page.get_by_role("link", name=world.testbuys["assigned"]).tap()
    phone.says("1 photo waiting for a connection, nothing lost.")
    assert page.url.endswith(task)


def test_a_photo_belongs_to_the_shot_its_camera_was_opened_for(world, phone):
    """While the camera is open, a second page hands that shot in; this one turns to the next."""
    page = phone.page
    with page.expect_file_chooser() as opened:
        page.tap(CHOOSER)
    assert "P01" in page.locator("[data-part=title]").inner_text()
    again = page.context.new_page()
    phone.page = again
    phone.open(task_of(world))
    phone.choose("1.jpg", picture("by the second page"))
    phone.keep()
    page.locator("[data-part=title]", has_text="P05").wait_for(timeout=SETTLED)
    opened.value.set_files(
        {"name": "late.jpg", "mimeType": "image/jpeg", "buffer": picture("late")}
    )
    page.locator("[data-part=look][data-judged]").wait_for(timeout=SETTLED)
    drafts = [row for row in page.evaluate(ROWS) if row[2] == "draft"]
    assert drafts == [[world.people[Role.BUYER], "P01", "draft"]]


def test_one_photo_that_is_refused_or_fails_keeps_none_behind_it(world, phone):
    """The first is no picture, the second the server can't take now; the third arrives."""
    page, good, last = phone.page, picture("good"), picture("last")
    phone.relay.cut()
    for name, data in (("1.jpg", b"no picture at all"), ("2.jpg", good), ("3.jpg", last)):
        phone.choose(name, data)
        phone.keep()
    phone.says("3 photos waiting for a connection, nothing lost.")

    def troubled(route):
        told = route.request.headers.get("upload-metadata", "")
        if "UDA1" in told:  # P05 in base64
            route.fulfill(status=500, json={"reasons": ["Something broke on our side."]})
        else:
            route.continue_()

    page.route("**/uploads", troubled)
    phone.relay.mend()
    page.evaluate("dispatchEvent(new Event('online'))")
    for _ in wait_for([("P07", digest(last))], world):
        page.wait_for_timeout(50)
    phone.says("This file was not taken.")
    phone.says("1 photo waits here, nothing lost.")
    page.unroute("**/uploads")
    page.evaluate("dispatchEvent(new Event('online'))")
    for _ in wait_for([("P07", digest(last)), ("P05", digest(good))], world):
        page.wait_for_timeout(50)


FILM = b"\x00\x00\x00\x18ftypmp42\0\0\0\0mp42isom" + bytes(range(256)) * 12_000
LARGEST = """async () => {
  const { digestOf } = await import("/static/phone/digest.js");
  const read = Blob.prototype.arrayBuffer;
  let most = 0;
  Blob.prototype.arrayBuffer = function () {
    most = Math.max(most, this.size);
    return read.call(this);
  };
  const piece = new Uint8Array(1 << 20).fill(7);
  const digest = await digestOf(new Blob(Array(66).fill(piece)));
  Blob.prototype.arrayBuffer = read;
  return [most, digest];
}"""


def test_a_film_goes_the_same_way_and_is_measured_in_pieces(world, phone):
    """Not due, so that it has a form of its own; without a network when it is handed in."""
    page = phone.page
    phone.relay.cut()
    form = page.locator("form[data-another]")
    page.locator("details", has=form).locator("summary").tap()
    form.locator("[name=shot]").select_option("U01")
    film = {"name": "unboxing.mp4", "mimeType": "video/mp4", "buffer": FILM}
    form.locator("[type=file]").set_input_files(film)
    form.locator("button.first").tap()
    phone.says("1 photo waiting for a connection, nothing lost.")
    phone.relay.mend()
    page.evaluate("dispatchEvent(new Event('online'))")
    for _ in wait_for([("U01", digest(FILM))], world):
        page.wait_for_timeout(50)
    phone.says("U01 is kept and accepted.")
    most, said = page.evaluate(LARGEST)
    assert most <= 4 << 20
    assert said == digest(b"\7" * (66 << 20))
