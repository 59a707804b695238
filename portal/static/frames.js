// Frames drawn over a picture with finger, mouse or keyboard, kept in step with rows of a form.
// The form alone is sent. What a row means, and which of them is free, is the caller's.
const WHOLE = 10000;
const LEAST = 60;
const STEP = 50;
const clamp = (value) => Math.min(WHOLE, Math.max(0, Math.round(value)));

// `rows`: { edges: four inputs in percent (left, top, right, bottom), used(), label(), clear() },
// where used() says whether the row is a frame on this picture. `take()` makes a free row one and
// gives its index, or -1. `drawn(index, edges)` hears of each frame, of null where it is gone.
export function frames(svg, rows, take, drawn = () => {}) {
  const edgesOf = (index) => rows[index].edges.map((input) => clamp(parseFloat(input.value) * 100));

  function draw(index) {
    const row = rows[index];
    let frame = svg.querySelector(`[data-row="${index}"]`);
    const [left, top, right, bottom] = edgesOf(index);
    if (!row.used() || !(right > left && bottom > top)) {
      frame?.remove();
      drawn(index, null);
      return null;
    }
    if (!frame) {
      frame = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      frame.dataset.row = index;
      svg.append(frame);
    }
    const shape = { x: left, y: top, width: right - left, height: bottom - top };
    for (const [name, value] of Object.entries(shape)) frame.setAttribute(name, value);
    frame.setAttribute("tabindex", "0");
    frame.setAttribute("role", "img");
    frame.setAttribute("aria-label", row.label());
    drawn(index, [left, top, right, bottom]);
    return frame;
  }

  function put(index, edges) {
    const [left, top, right, bottom] = edges.map(clamp);
    const ordered = [Math.min(left, right), Math.min(top, bottom), Math.max(left, right), Math.max(top, bottom)];
    rows[index].edges.forEach((input, at) => { input.value = (ordered[at] / 100).toFixed(2); });
    return draw(index);
  }

  function clear(index) {
    rows[index].clear();
    rows[index].edges.forEach((input) => { input.value = ""; });
    draw(index);
  }

  function at(event) {
    const box = svg.getBoundingClientRect();
    return [clamp((event.clientX - box.left) / box.width * WHOLE), clamp((event.clientY - box.top) / box.height * WHOLE)];
  }

  let held = null;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const frame = event.target.closest("rect");
    const from = at(event);
    if (frame) {
      const index = Number(frame.dataset.row);
      held = { index, from, edges: edgesOf(index), moving: true };
      frame.focus();
    } else {
      const index = take();
      if (index < 0) return;
      held = { index, from, moving: false };
    }
    svg.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  svg.addEventListener("pointermove", (event) => {
    if (!held) return;
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
  const drop = () => {
    if (!held) return;
    const [left, top, right, bottom] = edgesOf(held.index);
    if (!held.moving && !(right - left >= LEAST && bottom - top >= LEAST)) clear(held.index);
    else draw(held.index)?.focus();
    held = null;
  };
  svg.addEventListener("pointerup", drop);
  svg.addEventListener("pointercancel", drop);
  svg.addEventListener("keydown", (event) => {
    const frame = event.target.closest("rect");
    if (!frame) return;
    const index = Number(frame.dataset.row);
    let [left, top, right, bottom] = edgesOf(index);
    const along = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key] ?? 0;
    const down = { ArrowUp: -STEP, ArrowDown: STEP }[event.key] ?? 0;
    if (event.key === "Delete" || event.key === "Backspace") {
      clear(index);
      rows[index].focus?.();
    } else if (along || down) {
      if (!event.shiftKey) {
        left = Math.max(0, left + along);
        top = Math.max(0, top + down);
      }
      right = Math.max(left + LEAST, right + along);
      bottom = Math.max(top + LEAST, bottom + down);
      put(index, [left, top, right, bottom])?.focus();
    } else return;
    event.preventDefault();
  });

  rows.forEach((row, index) => {
    draw(index);
    for (const input of row.edges) input.addEventListener("input", () => draw(index));
  });
  return draw;
}
