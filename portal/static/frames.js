// Frames drawn over a picture with finger, mouse or keyboard, kept in step with rows of a form.
// The form alone is sent. What a row means, and which of them is free, is the caller's.
const WHOLE = 10000;
const LEAST = 60;
const STEP = 50;
const clamp = (value) => Math.min(WHOLE, Math.max(0, Math.round(value)));

// `rows`: { edges: four inputs in percent (left, top, right, bottom), used(), label(), clear() },
// where used() says whether the row is a frame on this picture. `take()` makes a free row one and
// gives its index, or -1. `drawn(index, edges)` hears of each frame, of null where it is gone. A row
// may have focus(), where one goes when its frame is deleted, and enter(), where enter leads from it.
// Gives draw(index), with put(index, edges) and clear(index) on it.
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
    if (event.button !== 0 || held) return;
    const frame = event.target.closest("rect");
    const from = at(event);
    if (frame) {
      const index = Number(frame.dataset.row);
      held = { index, from, edges: edgesOf(index), moving: true };
      frame.focus({ preventScroll: true });
    } else {
      const index = take();
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
    const [left, top, right, bottom] = edgesOf(index);
    if (!moving && !(right - left >= LEAST && bottom - top >= LEAST)) clear(index);
    else draw(index)?.focus({ preventScroll: true });
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
    } else if (event.key === "Enter" && rows[index].enter) {
      rows[index].enter();
    } else if (along || down) {
      if (event.shiftKey) {
        right = Math.max(left + LEAST, right + along);
        bottom = Math.max(top + LEAST, bottom + down);
      } else {
        // At an edge of the picture it stops, and keeps its size.
        const x = Math.min(WHOLE - right, Math.max(-left, along));
        const y = Math.min(WHOLE - bottom, Math.max(-top, down));
        [left, top, right, bottom] = [left + x, top + y, right + x, bottom + y];
      }
      put(index, [left, top, right, bottom])?.focus();
    } else return;
    event.preventDefault();
  });

  rows.forEach((row, index) => {
    draw(index);
    for (const input of row.edges) input.addEventListener("input", () => draw(index));
  });
  return Object.assign(draw, { put, clear });
}
