// Signing by hand: strokes on a canvas go into the form's hidden field as a PNG.
// Without script, or without a pointer, a scanned receipt stands in its place.
for (const pad of document.querySelectorAll("canvas[data-signs]")) {
  const form = pad.closest("form");
  const field = form.elements.namedItem(pad.dataset.signs);
  const again = form.querySelector("[data-clears]");
  const pen = pad.getContext("2d");
  let drawn = false;
  const clear = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, pad.width, pad.height);
    field.value = "";
    drawn = false;
    again.hidden = true;
  };
  const at = (event) => {
    const box = pad.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * pad.width) / box.width,
      ((event.clientY - box.top) * pad.height) / box.height,
    ];
  };
  const to = (point) => {
    pen.lineTo(...point);
    pen.stroke();
    drawn = true;
    again.hidden = false;
  };
  // As thick as a pen on the screen it is drawn on, whatever the canvas' own size.
  pen.lineWidth = 6;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  pen.strokeStyle = "#000";
  clear();
  pad.hidden = false;
  pad.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary) return;
    pad.setPointerCapture(event.pointerId);
    const point = at(event);
    pen.beginPath();
    pen.moveTo(...point);
    // The dot of an i is a stroke without a way.
    to(point);
    event.preventDefault();
  });
  pad.addEventListener("pointermove", (event) => {
    if (!event.isPrimary || !pad.hasPointerCapture(event.pointerId)) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const each of between.length ? between : [event]) to(at(each));
  });
  form.addEventListener("submit", () => {
    field.value = drawn ? pad.toDataURL("image/png") : "";
  });
  again.addEventListener("click", clear);
}
