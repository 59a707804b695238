// Signing by hand: strokes on a canvas go into the form's hidden field as a PNG.
// Without script, or without a pointer, a scanned receipt stands in its place.
for (const pad of document.querySelectorAll("canvas[data-signs]")) {
  const form = pad.closest("form");
  const field = form.elements.namedItem(pad.dataset.signs);
  const pen = pad.getContext("2d");
  let drawn = false;
  const clear = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, pad.width, pad.height);
    field.value = "";
    drawn = false;
  };
  const at = (event) => {
    const box = pad.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * pad.width) / box.width,
      ((event.clientY - box.top) * pad.height) / box.height,
    ];
  };
  pen.lineWidth = 3;
  pen.lineCap = "round";
  clear();
  pad.hidden = false;
  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
    event.preventDefault();
  });
  pad.addEventListener("pointermove", (event) => {
    if (!pad.hasPointerCapture(event.pointerId)) return;
    pen.lineTo(...at(event));
    pen.stroke();
    drawn = true;
  });
  form.addEventListener("submit", () => {
    field.value = drawn ? pad.toDataURL("image/png") : "";
  });
  const again = form.querySelector("[data-clears]");
  again.hidden = false;
  again.addEventListener("click", clear);
}
