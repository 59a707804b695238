/* Keys for what can be pressed. `data-key="a"` on a button, link, summary or check box makes the key
   press it and shows the key on it; "A" is Shift with a. Nothing is pressed while somebody types.
   Inside a `data-row` only the row at hand answers; j and k go from row to row, Enter opens. A row that is gone
   after the page came back leaves its place to the next one. Ctrl and Enter sends the form that is written in;
   "?" lists the keys of the page, read off what answers at that moment.
   No script imports this one: under a second address it would run twice and press twice. */

const TYPED = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=submit], [type=button], [type=hidden])";
const NAMES = { " ": "space", Enter: "↵", Escape: "esc", ArrowUp: "↑", ArrowDown: "↓" };
const PLACE = `row at hand of ${location.pathname}`;

/** How a key is written on what it presses. */
function written(key) {
  const capital = key.length === 1 && key !== key.toLowerCase();
  return NAMES[key] ?? (capital ? `⇧${key}` : key);
}

function hint(element) {
  const holder = element.matches("input") ? element.labels[0] : element;
  if (!holder || holder.querySelector(":scope > kbd")) return;
  const kbd = document.createElement("kbd");
  kbd.textContent = written(element.dataset.key);
  kbd.setAttribute("aria-hidden", "true");
  holder.append(kbd);
  const key = element.dataset.key;
  element.setAttribute("aria-keyshortcuts", key !== key.toLowerCase() && key.length === 1 ? `Shift+${key}` : key);
}

/** Show the keys of what came to the page since. */
function showKeys(under = document) {
  under.querySelectorAll("[data-key]").forEach(hint);
}

const rows = () => [...document.querySelectorAll("[data-row]")];
const atHand = () => document.querySelector("[data-row].at-hand");

/** Make a row the one at hand; the keys of the others are silent. */
function take(row, focus = true) {
  rows().forEach((each) => each.classList.toggle("at-hand", each === row));
  if (!row) return;
  sessionStorage.setItem(PLACE, rows().indexOf(row));
  if (!focus) return;
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const next = all.indexOf(atHand()) + by;
  take(all[Math.max(0, Math.min(all.length - 1, next))]);
  return true;
}

function press(element) {
  if (element.matches(TYPED)) {
    element.focus();
    element.select?.();
    return;
  }
  element.click();
  if (!element.matches("summary")) return;
  // Its first field, or where there is none the button that sends it.
  const field = element.parentElement.querySelector(TYPED) ?? element.parentElement.querySelector("form button");
  if (element.parentElement.open) field?.focus();
}

/** What answers now: shown, pressable, and outside of rows or in the row at hand. */
const answering = () => [...document.querySelectorAll("[data-key]")].filter((each) => {
  const row = each.closest("[data-row]");
  return (!row || row === atHand()) && !each.disabled && each.checkVisibility({ visibilityProperty: true });
});

function send(event) {
  const form = event.target.closest("form");
  const button = form?.querySelector("button:not([type=button]):not(:disabled)");
  if (form?.method !== "post" || !button?.checkVisibility()) return;
  event.preventDefault();
  button.click();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat && !event.defaultPrevented) {
    send(event);
    return;
  }
  if (document.querySelector("dialog:modal")) return;
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
  if (event.target.closest(TYPED)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if ((event.key === "j" || event.key === "k") && step(event.key === "j" ? 1 : -1)) {
    event.preventDefault();
    return;
  }
  if (event.repeat) return;
  if (event.key === "Enter" && event.target.matches("[data-row]")) {
    event.target.querySelector("a[href]")?.click();
    return;
  }
  const wanted = answering().find((each) => each.dataset.key === event.key);
  if (!wanted) return;
  event.preventDefault();
  press(wanted);
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  if (row && row !== atHand()) take(row, false);
});

const template = document.getElementById("all-keys");
const opener = document.querySelector("[data-all-keys]");

/** What a button says, without its key. */
function said(element) {
  if (element.matches("input")) return element.labels?.[0] ? said(element.labels[0]) : element.ariaLabel ?? "";
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd").forEach((each) => each.remove());
  return copy.textContent.trim().replace(/\s+/g, " ") || (element.ariaLabel ?? "");
}

function line(element) {
  const kbd = document.createElement("kbd");
  kbd.textContent = written(element.dataset.key);
  const key = document.createElement("dt");
  key.append(kbd);
  const what = document.createElement("dd");
  what.textContent = said(element);
  if (element.closest("[data-row]")) what.append(` (${template.dataset.rowAtHand})`);
  return [key, what];
}

opener?.addEventListener("click", () => {
  const dialog = template.content.firstElementChild.cloneNode(true);
  const lines = answering().filter((each) => each !== opener).flatMap(line);
  dialog.querySelector("dl").append(...lines);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
});
if (opener) opener.hidden = false;

document.addEventListener("htmx:after:swap", () => showKeys());
showKeys();
if (rows().some((row) => row.querySelector("[data-key]"))) {
  const place = Number(sessionStorage.getItem(PLACE) ?? 0);
  take(rows()[Math.min(place, rows().length - 1)], false);
}
