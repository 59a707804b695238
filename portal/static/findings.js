// Findings marked on photos: a frame drawn on a photo is a row of the verdict's form, tied to the
// finding ticked last. Without this module photo, finding and numbers are chosen and typed.
import { frames } from "/static/frames.js";

const form = document.querySelector("#verdict");
const boards = [...document.querySelectorAll("[data-board]")];
const told = document.querySelector("[data-told]");
const ticks = form ? [...form.querySelectorAll("[name=finding]")] : [];
const ticked = () => ticks.filter((tick) => tick.checked).map((tick) => tick.value);
let last = ticked().at(-1) ?? "";

const rows = [...document.querySelectorAll(".markrows > li")].map((row) => ({
  row,
  finding: row.querySelector("[name=mark_finding]"),
  photo: row.querySelector("[name=mark_photo]"),
  edges: ["left", "top", "right", "bottom"].map((name) => row.querySelector(`[name=mark_${name}]`)),
}));

// Only findings that are ticked can be chosen, and only rows in use are shown, with one to type in.
function tidy() {
  const open = ticked();
  let spare = 0;
  for (const { row, finding, photo } of rows) {
    for (const option of finding.options) option.hidden = option.value !== "" && !open.includes(option.value);
    const used = finding.value !== "" || photo.value !== "";
    row.hidden = !used && spare > 0;
    if (!used) spare += 1;
  }
}

function tag(board, index, edges) {
  let label = board.querySelector(`[data-tag="${index}"]`);
  if (!edges) {
    label?.remove();
    return;
  }
  if (!label) {
    label = document.createElement("b");
    label.className = "tag";
    label.dataset.tag = index;
    board.append(label);
  }
  label.textContent = ticked().indexOf(rows[index].finding.value) + 1 || "?";
  label.style.left = `${edges[0] / 100}%`;
  label.style.top = `${edges[1] / 100}%`;
}

const drawers = boards.map((board) => {
  const here = rows.map((row, index) => ({
    edges: row.edges,
    used: () => row.photo.value === board.dataset.board && row.finding.value !== "",
    label: () => told.dataset.mark.replace("{n}", index + 1).replace("{finding}", row.finding.selectedOptions[0]?.textContent ?? ""),
    clear: () => { row.photo.value = row.finding.value = ""; tidy(); },
    focus: () => row.finding.focus(),
  }));
  function take() {
    const open = ticked();
    const finding = open.includes(last) ? last : open.at(-1);
    const index = rows.findIndex((row) => row.finding.value === "" && row.photo.value === "");
    told.textContent = !finding ? told.dataset.first : index < 0 ? told.dataset.full : "";
    if (!finding || index < 0) return -1;
    rows[index].finding.value = finding;
    rows[index].photo.value = board.dataset.board;
    tidy();
    return index;
  }
  return frames(board.querySelector("svg"), here, take, (index, edges) => tag(board, index, edges));
});
const drawAll = () => rows.forEach((_, index) => drawers.forEach((draw) => draw(index)));

for (const tick of ticks) {
  tick.addEventListener("change", () => {
    if (tick.checked) last = tick.value;
    for (const row of rows) if (row.finding.value === tick.value && !tick.checked) {
      row.finding.value = row.photo.value = "";
      for (const input of row.edges) input.value = "";
    }
    tidy();
    drawAll();
  });
}
for (const { finding, photo } of rows) for (const select of [finding, photo]) {
  select.addEventListener("input", () => { tidy(); drawAll(); });
}
tidy();
drawAll();
