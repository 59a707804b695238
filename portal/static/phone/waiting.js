// The log-in page says what waits on this phone, so that nobody thinks it lost.
import { all } from "./outbox.js";

// Whoever logs in next must not be shown the pages that were kept for the one before.
// What stands for a page that isn't there speaks the language of this page meanwhile.
async function forget() {
  for (const name of await caches.keys()) await caches.delete(name);
  const answer = await fetch("/offline");
  if (answer.ok) await (await caches.open("testbuy-pages")).put("/offline", answer);
}
if (globalThis.caches) forget().catch(() => {});

const line = document.getElementById("waits");
if (line && globalThis.indexedDB) all().then((rows) => {
  const count = rows.filter((row) => row.state === "waiting" || row.state === "draft").length;
  if (!count) return;
  line.textContent = (count === 1 ? line.dataset.one : line.dataset.many).replace("{n}", count);
  line.hidden = false;
});
