// What a photo must not show: each frame is a row of the form. Without this module its numbers are
// typed.
import { frames } from "/static/frames.js";

const svg = document.querySelector("[data-masks] svg");
const rows = [...document.querySelectorAll(".maskrows > li")].map((row, index) => {
  const kind = row.querySelector("select");
  return {
    kind,
    edges: ["left", "top", "right", "bottom"].map((name) => row.querySelector(`[name=${name}]`)),
    used: () => kind.value !== "",
    label: () => `Region ${index + 1}, ${kind.value}`,
    clear: () => { kind.value = ""; },
    focus: () => kind.focus(),
  };
});

function take() {
  const index = rows.findIndex((row) => !row.used());
  if (index >= 0) rows[index].kind.value = "recipient";
  return index;
}

if (svg) {
  const draw = frames(svg, rows, take);
  rows.forEach((row, index) => row.kind.addEventListener("input", () => draw(index)));
}
