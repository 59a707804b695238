// What a photo must not show: each frame is a row of the form. Without this module its numbers are
// typed, and every row is shown.
import { frames } from "/static/frames.js";

const board = document.querySelector("[data-masks]");
const svg = board?.querySelector("svg");
const add = document.querySelector("[data-add]");
const nothing = document.querySelector("[name=nothing]");
const FIRST = [3500, 4000, 6500, 6000];
const rows = [...document.querySelectorAll(".maskrows > li")].map((row, index) => {
  const kind = row.querySelector("select");
  const edges = ["left", "top", "right", "bottom"].map((name) => row.querySelector(`[name=${name}]`));
  return {
    row,
    kind,
    edges,
    away: row.querySelector("[data-away]"),
    used: () => kind.value !== "",
    filled: () => kind.value !== "" || edges.some((input) => input.value !== ""),
    // Said whenever a frame has changed, so that it can be placed without being seen.
    label: () => edges.reduce(
      (told, input, at) => told.replace(`{${"ltrb"[at]}}`, Math.round(input.value)),
      board.dataset.region.replace("{n}", index + 1).replace("{kind}", kind.selectedOptions[0]?.textContent ?? ""),
    ),
    clear: () => { kind.value = ""; },
    focus: () => add.focus(),
    enter: () => kind.focus(),
  };
});

function take() {
  const index = rows.findIndex((row) => !row.filled());
  if (index >= 0) rows[index].kind.value = board.dataset.first;
  return index;
}

// Rows that say nothing are put away, and what can't be is not offered.
function settle() {
  rows.forEach((each) => { each.row.hidden = !each.filled(); });
  add.disabled = rows.every((each) => each.filled());
  nothing.disabled = rows.some((each) => each.filled());
  if (nothing.disabled) nothing.checked = false;
}

// A frame bears its row's number.
function drawn(index, edges) {
  let number = board.querySelector(`[data-number="${index}"]`);
  if (!edges) {
    number?.remove();
  } else {
    if (!number) {
      number = document.createElement("span");
      number.dataset.number = index;
      number.textContent = index + 1;
      board.append(number);
    }
    number.style.left = `${edges[0] / 100}%`;
    number.style.top = `${edges[1] / 100}%`;
  }
  settle();
}

// A frame and its row are one thing: where one has the focus, both are shown.
function light(index) {
  rows.forEach((each, place) => each.row.classList.toggle("lit", place === index));
  svg.querySelectorAll("rect").forEach((frame) => frame.classList.toggle("lit", Number(frame.dataset.row) === index));
}

if (svg) {
  const draw = frames(svg, rows, take, drawn);
  rows.forEach((each, index) => {
    each.kind.addEventListener("input", () => draw(index));
    for (const input of [each.kind, ...each.edges]) input.addEventListener("focus", () => light(index));
    each.away.hidden = false;
    each.away.addEventListener("click", () => { draw.clear(index); add.focus(); });
  });
  svg.addEventListener("focusin", (event) => {
    const frame = event.target.closest("rect");
    if (frame) light(Number(frame.dataset.row));
  });
  add.hidden = false;
  add.addEventListener("click", () => {
    const index = take();
    if (index >= 0) draw.put(index, FIRST).focus();
  });
}
