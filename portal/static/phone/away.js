// The page that stands for one that can't be opened without a connection: what waits on this phone,
// and which tasks can be opened all the same.
import { all } from "./outbox.js";

const line = document.getElementById("waits"), list = document.getElementById("kept");
all().then((rows) => {
  const count = rows.filter((row) => ["waiting", "draft"].includes(row.state)).length;
  if (!count) return;
  line.textContent = (count === 1 ? line.dataset.one : line.dataset.many).replace("{n}", count);
  line.hidden = false;
}).catch(() => {});
if (globalThis.caches) caches.open("testbuy-pages").then(async (kept) => {
  const paths = (await kept.keys()).map((request) => new URL(request.url).pathname);
  for (const path of paths.filter((each) => each.startsWith("/tasks/")).sort()) {
    const link = document.createElement("a"), entry = document.createElement("li");
    link.href = path;
    link.textContent = path.slice("/tasks/".length);
    link.className = "ref";
    entry.append(link);
    list.append(entry);
  }
  list.parentElement.hidden = !list.children.length;
});
addEventListener("online", () => location.reload());
document.getElementById("again").addEventListener("click", () => location.reload());
