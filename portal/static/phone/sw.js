// The service worker of a buyer's tasks: opens home, the list and a task's page without a connection,
// and sends what waits when the connection is back and the browser wakes it for that. Keeps these
// pages and what they are made of, newest first from the server; keeps no photo (the outbox does).
import { sendAll, tellOthers } from "/static/phone/sending.js";

const PAGES = "testbuy-pages";
const PATIENCE = 4000;

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("sync", (event) => {
  if (event.tag === "photos") event.waitUntil(sendAll().then((stopped) => {
    tellOthers();
    // Not done: the browser asks again later.
    if (stopped === "away") throw new Error(stopped);
  }));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  const page = request.mode === "navigate" && /^\/(tasks(\/[\w-]+)?)?$/.test(pathname);
  if (page || pathname.startsWith("/static/")) event.respondWith(newest(event, pathname));
});

async function newest(event, pathname) {
  const kept = await caches.open(PAGES);
  const old = await kept.match(pathname);
  // Everybody has a home: only that of a buyer is kept, and phone.js kept it first.
  const keeps = pathname !== "/" || old;
  const coming = fetch(event.request).then((answer) => (keeps ? remember(kept, pathname, answer) : answer));
  if (!old) return coming.catch(() => (event.request.mode === "navigate" ? nothing(kept) : Response.error()));
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE, null); });
  const first = await Promise.race([coming, late]).catch(() => null);
  event.waitUntil(coming.catch(() => {}));
  return first ?? old;
}

function remember(kept, pathname, answer) {
  // A log-in that ended answers with a redirect, which must not take the page's place.
  if (answer.ok && answer.type === "basic" && !answer.redirected) {
    const copy = answer.clone();
    kept.put(pathname, copy).catch(() => {});
  }
  return answer;
}

// What stands for a page that was never opened here: kept from the server, in the buyer's language.
async function nothing(kept) {
  const page = await kept.match("/offline");
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": page?.headers.get("content-security-policy") ?? "default-src 'none'" };
  return new Response(page ? await page.text() : "<!doctype html><title>!</title><h1>✕ ⇅</h1>", { status: 503, headers });
}
