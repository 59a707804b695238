// Marks on a photo: frames drawn over it, kept in step with the rows of the form. The form alone
// is sent; without this module its numbers are typed, and every row is shown.
const board = document.querySelector("[data-masks]");
const svg = board?.querySelector("svg");
const rows = [...document.querySelectorAll(".maskrows > li")].map((row) => ({
  row,
  kind: row.querySelector("select"),
  edges: ["left", "top", "right", "bottom"].map((name) => row.querySelector(`[name=${name}]`)),
  away: row.querySelector("[data-away]"),
}));
const add = document.querySelector("[data-add]");
const nothing = document.querySelector("[name=nothing]");
const WHOLE = 10000;
const LEAST = 60;
const STEP = 50;
const FIRST = [3500, 4000, 6500, 6000];
const clamp = (value) => Math.min(WHOLE, Math.max(0, Math.round(value)));
const used = ({ kind, edges }) => kind.value !== "" || edges.some((input) => input.value !== "");
const frameOf = (index) => svg.querySelector(`[data-row="${index}"]`);

function edgesOf(row) {
  return row.edges.map((input) => clamp(parseFloat(input.value) * 100));
}

// Whatever changed: rows that say nothing are put away, and what can't be is not offered.
function settle() {
  const free = rows.findIndex((row) => !used(row));
  rows.forEach((each) => { each.row.hidden = !used(each); });
  add.disabled = free < 0;
  const marked = rows.some(used);
  nothing.disabled = marked;
  if (marked) nothing.checked = false;
}

function draw(index) {
  const row = rows[index];
  let frame = frameOf(index);
  let number = board.querySelector(`[data-number="${index}"]`);
  const [left, top, right, bottom] = edgesOf(row);
  if (!row.kind.value || !(right > left && bottom > top)) {
    frame?.remove();
    number?.remove();
    return null;
  }
  if (!frame) {
    frame = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    frame.dataset.row = index;
    svg.append(frame);
  }
  if (!number) {
    number = document.createElement("span");
    number.dataset.number = index;
    number.textContent = index + 1;
    board.append(number);
  }
  const shape = { x: left, y: top, width: right - left, height: bottom - top };
  for (const [name, value] of Object.entries(shape)) frame.setAttribute(name, value);
  number.style.left = `${left / 100}%`;
  number.style.top = `${top / 100}%`;
  frame.setAttribute("tabindex", "0");
  // A thing of its own for those who hear the page: its place is said whenever it changes.
  frame.setAttribute("role", "application");
  const percent = [left, top, right, bottom].map((edge) => Math.round(edge / 100));
  frame.setAttribute(
    "aria-label",
    `Region ${index + 1}, ${row.kind.value}: from ${percent[0]}, ${percent[1]} to ${percent[2]}, ${percent[3]} percent. Arrows move it, shift and arrows size it, delete takes it away.`,
  );
  return frame;
}

function put(index, edges) {
  const [left, top, right, bottom] = edges.map(clamp);
  const ordered = [Math.min(left, right), Math.min(top, bottom), Math.max(left, right), Math.max(top, bottom)];
  rows[index].edges.forEach((input, at) => { input.value = (ordered[at] / 100).toFixed(2); });
  return draw(index);
}

function begin() {
  const index = rows.findIndex((row) => !used(row));
  if (index >= 0) rows[index].kind.value = "recipient";
  return index;
}

function clear(index) {
  rows[index].kind.value = "";
  rows[index].edges.forEach((input) => { input.value = ""; });
  draw(index);
  settle();
}

function at(event) {
  const box = svg.getBoundingClientRect();
  return [clamp((event.clientX - box.left) / box.width * WHOLE), clamp((event.clientY - box.top) / box.height * WHOLE)];
}

// A frame and its row are one thing: where one has the focus, both are shown.
function light(index) {
  rows.forEach((each, place) => each.row.classList.toggle("lit", place === index));
  svg.querySelectorAll("rect").forEach((frame) => frame.classList.toggle("lit", Number(frame.dataset.row) === index));
}

if (svg) {
  rows.forEach((each, index) => {
    draw(index);
    for (const input of [each.kind, ...each.edges]) {
      input.addEventListener("input", () => draw(index));
      input.addEventListener("change", settle);
      input.addEventListener("focus", () => light(index));
    }
    each.away.hidden = false;
    each.away.addEventListener("click", () => { clear(index); add.focus(); });
  });
  add.hidden = false;
  add.addEventListener("click", () => {
    const index = begin();
    if (index < 0) return;
    const frame = put(index, FIRST);
    settle();
    frame.focus();
  });
  settle();
  svg.addEventListener("focusin", (event) => {
    const frame = event.target.closest("rect");
    if (frame) light(Number(frame.dataset.row));
  });
  let held = null;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || held) return;
    const frame = event.target.closest("rect");
    const from = at(event);
    if (frame) {
      const index = Number(frame.dataset.row);
      held = { index, from, edges: edgesOf(rows[index]), moving: true };
      frame.focus({ preventScroll: true });
    } else {
      const index = begin();
      if (index < 0) return;
      held = { index, from, moving: false };
    }
    held.pointer = event.pointerId;
    svg.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  svg.addEventListener("pointermove", (event) => {
    // A second finger does not pull at the frame that the first one draws.
    if (held?.pointer !== event.pointerId) return;
    const [x, y] = at(event);
    if (!held.moving) {
      put(held.index, [...held.from, x, y]);
      return;
    }
    const [left, top, right, bottom] = held.edges;
    const along = Math.min(WHOLE - right, Math.max(-left, x - held.from[0]));
    const down = Math.min(WHOLE - bottom, Math.max(-top, y - held.from[1]));
    put(held.index, [left + along, top + down, right + along, bottom + down]);
  });
  const drop = (event) => {
    if (held?.pointer !== event.pointerId) return;
    const { index, moving } = held;
    held = null;
    const [left, top, right, bottom] = edgesOf(rows[index]);
    if (!moving && !(right - left >= LEAST && bottom - top >= LEAST)) {
      clear(index);
      return;
    }
    settle();
    draw(index)?.focus({ preventScroll: true });
  };
  svg.addEventListener("pointerup", drop);
  svg.addEventListener("pointercancel", drop);
  svg.addEventListener("keydown", (event) => {
    const frame = event.target.closest("rect");
    if (!frame) return;
    const index = Number(frame.dataset.row);
    let [left, top, right, bottom] = edgesOf(rows[index]);
    const along = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key] ?? 0;
    const down = { ArrowUp: -STEP, ArrowDown: STEP }[event.key] ?? 0;
    if (event.key === "Delete" || event.key === "Backspace") {
      clear(index);
      add.focus();
    } else if (event.key === "Enter") {
      rows[index].kind.focus();
    } else if (along || down) {
      if (event.shiftKey) {
        right = Math.max(left + LEAST, right + along);
        bottom = Math.max(top + LEAST, bottom + down);
      } else {
        const x = Math.min(WHOLE - right, Math.max(-left, along));
        const y = Math.min(WHOLE - bottom, Math.max(-top, down));
        [left, top, right, bottom] = [left + x, top + y, right + x, bottom + y];
      }
      put(index, [left, top, right, bottom])?.focus();
    } else return;
    event.preventDefault();
  });
}
