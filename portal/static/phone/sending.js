// Sending what waits: tus 1.0 by fetch, so that the service worker can do it too. A photo counts as
// sent when the server names the digest under which it is kept; then its bytes leave the phone.
import { all, blobOf, change } from "./outbox.js";

const CHUNK = 2 * 1024 * 1024;
const CHANNEL = "testbuy-outbox";
const PATIENCE = 60_000;

class LoggedOut extends Error {}
class Away extends Error {}
class OldToken extends Error {}
// The task or the photo is not that of whoever is logged in now: the photo waits for its own buyer.
class AnothersTask extends Error {}

// Sends every row that waits, one after the other, by one sender at a time. `tell` hears of each
// step. Gives null, or what stopped it: "away", "log-in", "another", "server: <reason>".
// `who`: person and token of the page's log-in, tried first where there is one.
export async function sendAll(tell = () => {}, who = null) {
  const work = () => sendEach(tell, who);
  return navigator.locks ? navigator.locks.request(CHANNEL, work) : work();
}

export function tellOthers() {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("changed");
  channel.close();
}

export function hearOthers(listen) {
  new BroadcastChannel(CHANNEL).onmessage = listen;
}

async function sendEach(tell, who) {
  const known = { person: null, token: null, ...who };
  const rows = (await all()).filter((row) => row.state === "waiting" && row.digest);
  rows.sort((one, other) => one.chosen - other.chosen);
  let problem = null;
  for (const row of rows) {
    try {
      await sendAs(row, known, tell);
    } catch (error) {
      if (error instanceof LoggedOut) return "log-in";
      if (error instanceof Away || error instanceof TypeError || error.name === "TimeoutError") return "away";
      if (error instanceof AnothersTask) {
        if (row.person === who?.person) problem ??= "another";
        continue;
      }
      // One photo that is not taken now does not keep those behind it.
      if (!(error instanceof Stuck)) {
        problem ??= `server: ${error.message}`;
        continue;
      }
      await change(row.id, { state: "refused", reasons: error.reasons });
      tell("answered", row);
    }
  }
  return problem;
}

// A page kept on the phone may be older than the log-in: its token is then asked for anew. A photo
// is sent in its own buyer's name or not at all, whosever the task is by now.
async function sendAs(row, known, tell) {
  if (known.token === null) await learn(row, known);
  if (known.person !== row.person) throw new AnothersTask();
  try {
    await send(row, known.token, tell);
  } catch (error) {
    if (!(error instanceof OldToken)) throw error;
    await learn(row, known);
    if (known.person !== row.person) throw new AnothersTask();
    await send(row, known.token, tell);
  }
}

class Stuck extends Error {
  constructor(reasons) {
    super(reasons.join(" "));
    this.reasons = reasons;
  }
}

// Who is logged in now, and their token: a page on the phone may be older than it.
async function learn(row, known) {
  const answer = await fetch(`/tasks/${row.reference}`, { headers: { accept: "text/html" }, cache: "no-store" });
  if (answer.redirected) throw new LoggedOut();
  const page = await answer.text();
  if (answer.status === 403 || answer.status === 404) throw new AnothersTask();
  const token = page.match(/name="csrf" value="([^"]+)"/), person = page.match(/data-person="(\d+)"/);
  if (!token || !person) throw new Away();
  Object.assign(known, { token: token[1], person: Number(person[1]) });
}

async function send(row, csrf, tell) {
  const blob = blobOf(row);
  const head = { "tus-resumable": "1.0.0", "x-csrf-token": csrf, accept: "application/json" };
  const ask = (method, address, headers = {}, body = undefined) => fetch(address, {
    method, body, headers: { ...head, ...headers }, cache: "no-store", redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE + (body?.size ?? 0) / 10),
  });
  let { upload } = row;
  for (let tries = 0; tries < 8; tries++) {
    if (!upload) upload = await begin(row, ask);
    const state = await ask("GET", upload);
    if (state.status === 404) {
      upload = null;
      await change(row.id, { upload: null });
      continue;
    }
    if (state.status === 460) continue;
    await expect(state, [200]);
    let { offset, answer } = await state.json();
    let said = state.headers.get("date");
    while (!answer && offset < row.size) {
      tell("sending", row, offset / row.size);
      const part = await ask("PATCH", upload, {
        "upload-offset": String(offset), "content-type": "application/offset+octet-stream",
      }, blob.slice(offset, offset + CHUNK));
      if (part.status === 409 || part.status === 404 || part.status === 460) break;
      await expect(part, [204]);
      offset = Number(part.headers.get("upload-offset"));
    }
    if (!answer && offset >= row.size) {
      const last = await ask("GET", upload);
      await expect(last, [200]);
      ({ answer } = await last.json());
      said = last.headers.get("date");
    }
    if (!answer) continue;
    if (answer.refused) throw new Stuck(answer.refused);
    if (answer.digest !== row.digest) throw new Error(`kept under another digest: ${answer.digest}`);
    // Only now may the phone forget the bytes.
    await change(row.id, { state: "answered", bytes: null, upload: null, answer, answered: Date.parse(said) || Date.now() });
    tell("answered", { ...row, answer });
    return;
  }
  throw new Error("the upload does not come to an end");
}

async function begin(row, ask) {
  const told = { shot: row.shot, digest: row.digest, filename: row.name };
  const metadata = Object.entries(told).map(([name, value]) => `${name} ${base64(value)}`).join(",");
  const begun = await ask("POST", `/tasks/${row.reference}/uploads`, { "upload-length": String(row.size), "upload-metadata": metadata });
  if (begun.status === 404) throw new AnothersTask();
  await expect(begun, [201]);
  const upload = begun.headers.get("location");
  await change(row.id, { upload });
  return upload;
}

async function expect(answer, codes) {
  if (codes.includes(answer.status)) return;
  if (answer.status === 401 || answer.type === "opaqueredirect") throw new LoggedOut();
  if (answer.status === 502 || answer.status === 503 || answer.status === 504) throw new Away();
  const said = await answer.json().catch(() => ({}));
  const reasons = said.reasons ?? [String(answer.status)];
  if (answer.status === 403) throw new OldToken();
  if ([404, 409, 413, 422].includes(answer.status)) throw new Stuck(reasons);
  throw new Error(reasons.join(" "));
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
