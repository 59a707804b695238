"""A buyer's phone in a real browser: the network gone, the page closed, the browser killed."""

import base64
import io
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import make_dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from evidence import photos
from rules import gates
from rules.gates import GatePolicy
from rules.roles import Role
from tests.portal.phone import PHONE, SETTLED, WIDEST, Journey, digest, kept, wait_for
from tests.portal.small_world import picture

pytestmark = pytest.mark.long

WECHAT = "Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0.49"


def test_photos_taken_without_a_network_arrive_once_and_bit_for_bit(world, phone):
    """The network goes in the middle, the page is closed and opened again without it."""
    task, page = f"/tasks/{world.testbuys['assigned']}", phone.page
    first, second, third = (picture(f"phone {number}") for number in range(3))
    phone.choose("1.jpg", first)
    phone.says("Large enough: 2,000 pixels")
    phone.keep()
    for _ in wait_for([("P01", digest(first))], world):
        page.wait_for_timeout(50)
    page.wait_for_selector(".outbox", state="hidden")  # and the phone has heard it
    phone.relay.cut()
    phone.choose("2.jpg", second)
    phone.keep()
    phone.says("1 photo waiting for a connection, nothing lost.")
    again = page.context.new_page()
    page.close()
    again.goto(task)  # the service worker's copy: there is no network
    phone.page = again
    phone.says("1 photo waiting for a connection, nothing lost.")
    assert "P07" in again.locator("[data-part=title]").inner_text()
    phone.choose("3.jpg", third)
    phone.keep()
    phone.says("2 photos waiting for a connection, nothing lost.")
    phone.says("Every photo needed now is taken.")
    assert kept(world) == [("P01", digest(first))]
    phone.relay.mend()
    again.evaluate("dispatchEvent(new Event('online'))")
    whole = [("P01", digest(first)), ("P05", digest(second)), ("P07", digest(third))]
    for _ in wait_for(whole, world):
        again.wait_for_timeout(50)
    assert [world.vault.read(each) for _, each in kept(world)] == [first, second, third]
    phone.says("Every photo needed now is in.")
    assert again.evaluate(WIDEST) <= 0


def test_the_browser_is_killed_after_a_photo_was_chosen(world, browser, chromium, tmp_path):
    """Killed at once, not closed: what was chosen is there again, and arrives when it is kept."""
    client, data = world.client(), picture("before the kill")
    task = str(client.base_url.join(f"/tasks/{world.testbuys['assigned']}"))
    profile = tmp_path / "profile"

    def start(profile):
        context = browser.browser_type.launch_persistent_context(
            profile, executable_path=chromium, args=["--no-sandbox"], **PHONE
        )
        token = world.session(Role.BUYER)
        context.add_cookies(
            [{"name": "testbuy_session", "value": token, "url": str(client.base_url)}]
        )
        journey = Journey(context.new_page(), tmp_path)
        journey.open(task, told="offline")
        return context, journey

    context, journey = start(profile)
    journey.choose("1.jpg", data)
    _kill(profile)
    assert kept(world) == []
    # What is on the disk at that moment, and no lock of a process that is still dying.
    context, journey = start(shutil.copytree(profile, tmp_path / "after"))
    journey.page.wait_for_selector("[data-part=look][data-judged=yes]", timeout=SETTLED)
    journey.keep()
    for _ in wait_for([("P01", digest(data))], world):
        journey.page.wait_for_timeout(50)
    context.close()
    assert world.vault.read(digest(data)) == data


def test_home_the_list_and_a_task_never_opened_open_without_a_network(world, phone):
    """In a cellar the buyer starts at home, and goes on by the list to any task."""
    page = phone.page
    phone.open("/tasks", told="offline")
    never = f"/tasks/{world.testbuys['examined']}"
    phone.relay.cut()
    page.goto("/")
    assert "Person Buyer" in page.inner_text("header")
    page.goto("/tasks")
    page.locator("main h3 a").first.wait_for()
    assert page.goto(never).status == 200
    assert world.testbuys["examined"] in page.inner_text("main")


def _kill(profile):
    """End this profile's browser as a phone does that needs the memory for its camera."""
    while processes := _processes(profile):
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.05)
    for left in profile.glob("Singleton*"):
        left.unlink()


def _processes(profile):
    """The browser that was told this profile, and every process of its group."""
    said = subprocess.run(["ps", "-eo", "pgid,pid,stat,args"], capture_output=True, text=True)
    lines = [line.split(maxsplit=3) for line in said.stdout.splitlines()[1:]]
    groups = {group for group, _, _, command in lines if f"--user-data-dir={profile}" in command}
    return [int(pid) for group, pid, state, _ in lines if group in groups and state[0] != "Z"]


def _pictures():
    """One for each thing the gates find, and what is good."""
    sharp = Image.open(io.BytesIO(picture("sharp", width=3000)))
    yield "good", sharp
    yield "blurred", sharp.filter(ImageFilter.GaussianBlur(14))
    yield "dark", sharp.point(lambda level: level // 12)
    yield "bright", sharp.point(lambda level: min(255, 200 + level // 2))
    yield "flat", Image.new("L", (2400, 1800), 90)
    yield "small", sharp.resize((1500, 1125))


def test_the_page_judges_as_the_server_does(phone):
    """The sentences and bars of the two must not part: a buyer would retake what is good."""
    said = {}
    for name, drawn in _pictures():
        data = io.BytesIO()
        drawn.save(data, "JPEG", quality=90)
        seen = photos.examine(data.getvalue())
        facts = {field: getattr(seen, field) for field in MEASURED}
        wanted = gates._picture(_Seen(**facts), GatePolicy())
        page = phone.page.evaluate(JUDGE, [base64.b64encode(data.getvalue()).decode()])
        assert page["reasons"] == wanted, name
        if name != "flat":
            assert page["seen"]["luma"] == pytest.approx(seen.mean_luma, abs=2)
            # A JPEG decoder's fraction keeps finer detail than the mean of squares does.
            assert page["seen"]["sharpness"] == pytest.approx(seen.sharpness, rel=0.5, abs=2)
        said[name] = wanted
    assert said["good"] == [] and all(said[name] for name in said if name != "good")


MEASURED = ("long_edge", "sharpness", "mean_luma", "clipped_dark", "clipped_bright", "flat")
_Seen = make_dataclass("_Seen", MEASURED)
JUDGE = """async ([packed]) => {
  const { judge } = await import("/static/phone/judging.js");
  const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
  const gates = JSON.parse(document.getElementById("shoot").dataset.gates);
  return judge(new Blob([bytes], { type: "image/jpeg" }), "photograph", gates);
}"""


def test_without_encryption_the_page_says_so_and_photos_go_all_the_same(
    world, browser, chromium, tmp_path
):
    """No service worker there, no locks, no digests of the browser's own: ours must be right."""
    port, data = world.client().base_url.port, picture("plain")
    there = f"http://phone.example:{port}"
    task = f"{there}/tasks/{world.testbuys['assigned']}"
    rules = "--host-resolver-rules=MAP phone.example 127.0.0.1"
    plain = browser.browser_type.launch(executable_path=chromium, args=["--no-sandbox", rules])
    context = plain.new_context(**PHONE)
    token = world.session(Role.BUYER)
    context.add_cookies([{"name": "testbuy_session", "value": token, "url": there}])
    journey = Journey(context.new_page(), tmp_path)
    journey.open(task)
    journey.says("This address is not encrypted.")
    journey.choose("1.jpg", data)
    journey.keep()
    for _ in wait_for([("P01", digest(data))], world):
        journey.page.wait_for_timeout(50)
    plain.close()


def test_a_log_in_that_ended_keeps_what_waits_and_says_so(world, phone):
    data, page = picture("logged out"), phone.page
    cookies = page.context.cookies()
    page.context.clear_cookies()
    phone.choose("1.jpg", data)
    phone.keep()
    phone.says("Your log-in has ended; 1 photo waits on this phone.")
    page.get_by_role("link", name="Log in again").tap()
    phone.says("1 photo waits on this phone; log in, and it is sent.")
    page.context.add_cookies(cookies)
    page.goto(f"/tasks/{world.testbuys['assigned']}")
    for _ in wait_for([("P01", digest(data))], world):
        page.wait_for_timeout(50)


def test_wechats_browser_is_told_to_open_a_real_one(world):
    client = world.client(Role.BUYER)
    address = f"/tasks/{world.testbuys['assigned']}"
    there = client.get(address, headers={"user-agent": WECHAT}).text
    assert "You are in the browser of WeChat" in there
    assert f'value="{client.base_url.join(address)}" readonly' in there
    assert "You are in the browser of" not in client.get(address).text
    chinese = {"user-agent": WECHAT, "accept-language": "zh-CN"}
    told = client.get(address, headers=chinese).text
    assert "请在独立的浏览器中打开此页面" in told and "此地址未加密" in told


HERE = Path(__file__).parent
TUS = HERE / "vendor" / "tus-js-client" / "tus.min.js"


def test_the_protocols_own_client_breaks_off_resumes_and_is_tried_twice_at_once(world, browser):
    """tus-js-client knows nothing of us: what it takes for done must be done, once."""
    client, data = world.client(), picture("their client", width=3000)
    context = browser.new_context(base_url=str(client.base_url), bypass_csp=True)
    token = world.session(Role.BUYER)
    context.add_cookies([{"name": "testbuy_session", "value": token, "url": str(client.base_url)}])
    page, task = context.new_page(), f"/tasks/{world.testbuys['assigned']}"
    page.goto("/tasks")
    page.add_script_tag(path=TUS)
    csrf = page.locator("input[name=csrf]").first.input_value()
    script = (HERE / "tus_client.js").read_text()
    told = page.evaluate(script, [base64.b64encode(data).decode(), csrf, task])
    context.close()
    assert 80_000 <= told["stood"] < len(data) and told["stood"] in told["starts"]
    # The second of the two began at 0 where nothing belongs any more, and was put right.
    assert len(set(told["urls"])) == 1
    assert kept(world) == [("P01", digest(data))]
    assert world.vault.read(digest(data)) == data
