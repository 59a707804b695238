// A buyer's pages on a phone: sends what waits in the outbox, says how many wait and why, and keeps
// the page for the time without a connection. Taking photos is in shooting.js.
import { all, remove } from "./outbox.js";
import { hearOthers, sendAll } from "./sending.js";

const PAGES = "testbuy-pages";
const LISTED = 20;
const root = document.getElementById("phone");
export const page = {
  reference: root.dataset.reference ?? "",
  person: Number(root.dataset.person),
  csrf: root.dataset.csrf,
  made: Number(root.dataset.made),
  say: JSON.parse(root.dataset.say),
};
const line = root.querySelector(".outbox");
const listeners = [];
let sending = false, again = false, pause = 5000, timer = 0, stopped = null, part = null;

export const onChange = (listen) => listeners.push(listen);
export const own = async () => (await all()).filter((row) => row.person === page.person);

export async function refresh() {
  const rows = await own();
  tellWaiting(rows);
  for (const listen of listeners) await listen(rows);
}

// Sends what waits; called again while it runs, it looks once more at the end.
export async function send() {
  if (sending) {
    again = true;
    return;
  }
  sending = true;
  clearTimeout(timer);
  try {
    do {
      again = false;
      if ((await own()).some((row) => row.state === "waiting")) {
        stopped = await sendAll(step, { person: page.person, token: page.csrf });
      }
    } while (again);
  } finally {
    sending = false;
    part = null;
  }
  await refresh();
  if (stopped && !["log-in", "another"].includes(stopped)) {
    timer = setTimeout(send, pause);
    pause = Math.min(pause * 2, 60_000);
  } else pause = 5000;
}

function step(what, _row, share) {
  stopped = null;
  part = what === "sending" ? share : null;
  refresh();
}

// Asks the browser to wake the service worker when there is a connection, also with the page closed.
// Nobody waits for that: some browsers never answer.
export async function askToBeWoken() {
  const worker = await navigator.serviceWorker?.getRegistration("/");
  worker?.sync?.register("photos").catch(() => {});
}

function tellWaiting(rows) {
  const count = rows.filter((row) => row.state === "waiting").length;
  line.hidden = count === 0;
  if (!count) return;
  const { say } = page;
  const many = (name) => (count === 1 ? say[`${name}_one`] : say[name]).replace("{n}", count);
  line.replaceChildren();
  if (stopped === "log-in") {
    line.append(many("log_in"), " ");
    const link = document.createElement("a");
    link.href = `/log-in?next=${encodeURIComponent(location.pathname)}`;
    link.textContent = say.to_log_in;
    line.append(link);
  } else if (stopped?.startsWith("server: ")) line.append(many("server").replace("{reason}", stopped.slice(8)));
  else if (stopped === "another") line.append(many("another"));
  else if (stopped || !navigator.onLine) line.append(many("waiting"));
  else line.append(many("sending") + (part ? ` ${Math.round(part * 100)} %` : ""));
}

async function keepThisPage() {
  if (!("serviceWorker" in navigator)) return;
  // Its reach is everything: a worker's script is looked up by its own address, not by its page's.
  await navigator.serviceWorker.register("/sw.js", { scope: "/", type: "module" });
  if (!navigator.onLine) return;
  const kept = await caches.open(PAGES);
  const own = location.pathname, listed = [...document.querySelectorAll("main h3 a[href^='/tasks/']")].slice(0, LISTED);
  const pages = new Set([own, "/", "/tasks", ...listed.map((each) => each.getAttribute("href"))]);
  // What was opened stays; the list and home are as they are now.
  const wanted = [];
  for (const path of pages) if (["/", "/tasks", own].includes(path) || !(await kept.match(path))) wanted.push(path);
  const needs = new Set(["/offline", ...needsOf(document)]);
  await Promise.allSettled(wanted.map((path) => keepPage(kept, path, needs)));
  await Promise.allSettled([...needs].map((path) => keepOne(kept, path)));
}

async function keepOne(kept, path) {
  const answer = await fetch(path, { headers: { accept: "text/html,*/*" } });
  if (!answer.ok || answer.redirected) return null;
  await kept.put(path, answer.clone());
  return answer;
}

async function keepPage(kept, path, needs) {
  const answer = await keepOne(kept, path);
  if (!answer) return;
  const there = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const each of needsOf(there)) needs.add(each);
}

// What a page is made of: its drawings, styles and scripts.
function needsOf(there) {
  const parts = [...there.querySelectorAll('link[rel="stylesheet"], script[src]')].map((each) => each.getAttribute("href") ?? each.getAttribute("src"));
  return [...JSON.parse(there.getElementById("phone")?.dataset.needs ?? "[]"), ...parts];
}

// Another person on the same phone finds no page of the one before; photos that wait stay.
async function forgetPages() {
  if (globalThis.caches) await caches.delete(PAGES);
}

document.querySelector('form[action="/log-out"]')?.addEventListener("submit", forgetPages);
addEventListener("online", () => { pause = 5000; send(); });
addEventListener("offline", refresh);
document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
hearOthers(refresh);

async function begin() {
  for (const row of await own().catch(() => [])) {
    // What the server answered before it made this page stands on the page.
    if (row.state === "answered" && row.answered < page.made) await remove(row.id);
  }
  await refresh().catch(() => {});
  root.dataset.ready = "yes";
  // Nothing waits for this: after a crash the browser may take its time with what it kept of pages.
  prepare().then(() => { root.dataset.offline = "yes"; });
  await send();
}

async function prepare() {
  const last = localStorage.getItem("testbuy-person");
  if (last && last !== String(page.person)) await forgetPages();
  localStorage.setItem("testbuy-person", page.person);
  await keepThisPage();
}

for (const notice of document.querySelectorAll("[data-insecure]")) notice.hidden = isSecureContext;
for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).value);
    button.textContent = page.say.copied;
  });
}
begin();
