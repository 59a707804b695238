// The service worker of a buyer's tasks: opens a task's page without a connection, and sends what
// waits when the connection is back and the browser wakes it for that. Keeps pages of tasks and what
// they are made of, newest first from the server; keeps no photo (the outbox does).
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
  const page = request.mode === "navigate" && /^\/tasks(\/[\w-]+)?$/.test(pathname);
  if (page || pathname.startsWith("/static/")) event.respondWith(newest(event, pathname));
});

async function newest(event, pathname) {
  const kept = await caches.open(PAGES);
  const coming = fetch(event.request).then((answer) => remember(kept, pathname, answer));
  const old = await kept.match(pathname);
  if (!old) return coming.catch(() => (event.request.mode === "navigate" ? nothing() : Response.error()));
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

function nothing() {
  const text = "No connection. A task that was opened once with a connection opens without one too.";
  return new Response(`<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>No connection</title><h1>No connection</h1><p>${text}</p>`, {
    status: 503, headers: { "content-type": "text/html; charset=utf-8" },
  });
}
