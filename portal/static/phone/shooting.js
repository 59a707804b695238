// One photo after the other: the shot's drawing, the camera, the picture with what the page finds in
// it, keep or take again. The photo is in the outbox before anything else happens to it.
import { blobOf, change, find, keep, remove, twinOf } from "./outbox.js";
import { tellOthers } from "./sending.js";
import { askToBeWoken, onChange, own, page, refresh, send } from "./phone.js";

const CAMERA = "testbuy-camera";
const HOUR = 3_600_000;
const card = document.getElementById("shoot");
const gates = card && JSON.parse(card.dataset.gates);
const part = (name) => card.querySelector(`[data-part="${name}"]`);
const shots = [...document.querySelectorAll("[data-queue] > [data-shot]")].map((entry) => ({ code: entry.dataset.shot, kind: entry.dataset.kind, takes: entry.dataset.takes, entry }));
const passed = new Set();
let current = null, shown = null, judged = null, asked = 0;
const worker = card && new Worker("/static/phone/judging.js", { type: "module" });
const asking = new Map();
let aside = true;
if (worker) {
  worker.onmessage = ({ data }) => {
    asking.get(data.id)?.(data);
    asking.delete(data.id);
  };
  // Without a worker the page does it itself, and holds still for a moment.
  worker.onerror = () => { aside = false; };
}

async function ask(what) {
  if (aside) {
    const answer = new Promise((resolve) => { asking.set(++asked, resolve); });
    worker.postMessage({ id: asked, ...what });
    const refused = new Promise((resolve) => { worker.addEventListener("error", () => resolve(null), { once: true }); });
    const said = await Promise.race([answer, refused]);
    if (said) return said;
  }
  const { answerTo } = await import("./judging.js");
  return answerTo(what);
}

// What becomes of each shot's newest photo: "open", "draft", "waiting", "in" or "again".
function standing(rows, code) {
  const mine = rows.filter((row) => row.reference === page.reference && row.shot === code);
  const row = mine.sort((one, other) => other.chosen - one.chosen)[0];
  if (!row) return { state: "open" };
  if (row.state === "answered") return { state: row.answer.accepted ? "in" : "again", row, reasons: row.answer.reasons, past: row.answer.kept_for_supervisor };
  if (row.state === "refused") return { state: "again", row, reasons: row.reasons, kept: true };
  return { state: row.state, row };
}

function render(rows) {
  const states = new Map(shots.map((shot) => [shot.code, standing(rows, shot.code)]));
  const open = shots.filter(({ code }) => !passed.has(code) && !["in", "waiting"].includes(states.get(code).state));
  const next = open.find(({ code }) => states.get(code).state === "draft") ?? open[0];
  for (const dot of card.querySelectorAll(".dots > [data-shot]")) {
    const { state } = states.get(dot.dataset.shot) ?? {};
    if (state) dot.className = { in: "in", waiting: "waits" }[state] ?? (dot.dataset.shot === next?.code ? "next" : "");
  }
  part("left").textContent = open.length === 1 ? page.say.left_one : page.say.left.replace("{n}", open.length);
  if (!next) {
    finished(states);
    return;
  }
  const standsNow = states.get(next.code);
  if (current !== next) turnTo(next);
  const problem = part("problem");
  problem.hidden = standsNow.state !== "again";
  if (!problem.hidden) {
    problem.querySelector("b").textContent = standsNow.kept ? page.say.not_kept : page.say.not_accepted.replace("{shot}", next.code);
    problem.querySelector("ul").replaceChildren(...(standsNow.reasons ?? []).map(inList));
    part("pass").hidden = !standsNow.past && !standsNow.kept;
  }
  if (standsNow.state === "draft") look(standsNow.row);
  else part("look").hidden = part("thumb").hidden = true;
  part("take").hidden = standsNow.state === "draft";
  card.classList.toggle("looking", standsNow.state === "draft");
}

function turnTo(shot) {
  current = shot;
  const input = card.querySelector('input[type="file"]');
  part("title").textContent = shot.entry.dataset.full;
  for (const name of ["words", "drawing"]) {
    const from = shot.entry.querySelector(`[data-says="${name}"]`);
    part(name).replaceChildren(...[...(from?.childNodes ?? [])].map((node) => node.cloneNode(true)));
  }
  card.querySelector('input[name="shot"]').value = shot.code;
  input.value = "";
  input.accept = shot.takes;
  if (["photograph", "video"].includes(shot.kind)) input.setAttribute("capture", "environment");
  else input.removeAttribute("capture");
  part("button").textContent = `${page.say[`take_${shot.kind}`]}: ${shot.code}`;
  part("lost").hidden = true;
}

function inList(text) {
  const entry = document.createElement("li");
  entry.textContent = text;
  return entry;
}

async function chosen(file, shot, kind) {
  let row;
  try {
    row = await keep(file, { person: page.person, reference: page.reference, shot, kind });
  } catch (error) {
    tellNoRoom(error);
    return null;
  }
  localStorage.removeItem(CAMERA);
  navigator.storage?.persist?.();
  const { digest } = await ask({ digest: true, blob: blobOf(row) });
  row = await change(row.id, { digest });
  const twin = digest && await twinOf(row);
  if (twin?.state === "refused") await remove(twin.id);
  else if (twin) {
    await remove(row.id);
    return null;
  }
  return row;
}

function tellNoRoom(error) {
  const notice = part("noroom");
  notice.hidden = false;
  notice.querySelector("span").textContent = error?.name === "QuotaExceededError" ? page.say.no_room : page.say.no_outbox;
  card.classList.remove("live");
}

async function look(row) {
  part("look").hidden = part("thumb").hidden = false;
  if (shown === row.id) return;
  shown = row.id;
  card.scrollIntoView({ block: "start" });
  judged = null;
  const said = part("said");
  said.replaceChildren(page.say.looking);
  const blob = blobOf(row);
  const drawn = draw(blob, row);
  const answer = await ask({ blob, kind: row.kind, gates });
  if (shown !== row.id) return;
  judged = answer.reasons ?? [];
  const well = judged.length === 0;
  said.className = `said ${well ? "well" : "ill"}`;
  if (!well) {
    const list = document.createElement("ul");
    list.append(...judged.map(inList));
    said.replaceChildren(list);
  } else if (answer.unseen || answer.error || !answer.edge) said.replaceChildren(page.say.unseen);
  else said.replaceChildren((row.kind === "photograph" ? page.say.well : page.say.large_enough).replace("{edge}", answer.edge.toLocaleString("en")));
  part("keep").className = well ? "first" : "";
  part("again").className = well ? "" : "first";
  part("keep").textContent = well ? page.say.keep : page.say.keep_anyway;
  await drawn;
  part("look").dataset.judged = well ? "yes" : "no";
}

async function draw(blob, row) {
  const canvas = part("picture");
  canvas.hidden = true;
  if (row.kind === "video" || row.type === "application/pdf") return;
  try {
    const picture = await createImageBitmap(blob, { imageOrientation: "from-image" });
    const by = Math.min(1, 1000 / Math.max(picture.width, picture.height));
    canvas.width = Math.round(picture.width * by);
    canvas.height = Math.round(picture.height * by);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    canvas.hidden = false;
  } catch {
    // It can't be drawn here; the words say so.
  }
}

async function handOver(id) {
  shown = null;
  const row = await find(id);
  if (!row) return;
  if (!row.digest) {
    const { digest } = await ask({ digest: true, blob: blobOf(row) });
    if (!digest) {
      // The phone gives its bytes no more: said at once, while the parcel is still there.
      await remove(id);
      tellNoRoom(new Error("unreadable"));
      await refresh();
      return;
    }
    await change(id, { digest });
  }
  await change(id, { state: "waiting" });
  tellOthers();
  await refresh();
  card.scrollIntoView({ block: "start" });
  askToBeWoken();
  send();
}

// Every photo is taken. Once all are in, the page that follows has the next step.
function finished(states) {
  part("take").hidden = part("look").hidden = part("thumb").hidden = part("problem").hidden = true;
  current = null;
  card.classList.remove("looking");
  part("title").textContent = "";
  part("drawing").replaceChildren();
  const all = [...states.values()].every(({ state }) => state === "in");
  part("words").textContent = all ? page.say.all_in : page.say.all_taken;
  const typed = [...document.querySelectorAll("form input:not([type=hidden], [type=file]), form textarea")].some((field) => field.value !== field.defaultValue);
  const follow = part("follow");
  follow.hidden = !all;
  if (all && !typed && navigator.onLine && !finished.done) {
    finished.done = true;
    location.replace(location.pathname);
  }
}

function listen() {
  const form = card.querySelector("form.capture"), input = form.querySelector('input[type="file"]');
  card.classList.add("live");
  // What the camera was opened for, whatever the page turns to behind it.
  let opened = null;
  input.addEventListener("click", () => {
    opened = current;
    localStorage.setItem(CAMERA, JSON.stringify({ reference: page.reference, shot: current?.code, at: Date.now() }));
  });
  input.addEventListener("cancel", () => localStorage.removeItem(CAMERA));
  const take = async (event) => {
    const [file] = (event?.target ?? input).files;
    if (!file) return;
    // A photo may be chosen before the page knows which shot is next: it waits for that.
    await begun;
    const shot = opened ?? current;
    opened = null;
    if (shot) await chosen(file, shot.code, shot.kind);
    await refresh();
  };
  input.addEventListener("change", take);
  if (input.files.length) take();
  part("keep").addEventListener("click", () => handOver(shown));
  part("again").addEventListener("click", async () => {
    const id = shown;
    shown = null;
    await remove(id);
    await refresh();
    input.value = "";
    input.click();
  });
  part("pass").addEventListener("click", async () => {
    passed.add(current.code);
    for (const row of await own()) if (row.state === "refused" && row.shot === current.code && row.reference === page.reference) await remove(row.id);
    await refresh();
  });
  // The browser was ended behind the camera: what it was handed is lost to it, not to the phone.
  const gone = JSON.parse(localStorage.getItem(CAMERA) ?? "null");
  localStorage.removeItem(CAMERA);
  if (gone?.reference === page.reference && Date.now() - gone.at < HOUR) own().then((rows) => {
    if (rows.some((row) => row.shot === gone.shot && row.chosen >= gone.at)) return;
    part("lost").hidden = false;
  });
  part("gallery").addEventListener("change", take);
}

let begun = null;
if (card) {
  onChange(render);
  begun = refresh().catch(tellNoRoom);
  listen();
}
