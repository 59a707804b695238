// The frame round a seller's picture: one, kept in step with the four numbers of the form. Without
// this module the numbers are typed.
import { frames } from "/static/frames.js";

const board = document.querySelector("[data-cut]");
const svg = board?.querySelector("svg");
const FIRST = [1000, 1000, 9000, 5000];

if (svg) {
  const edges = ["left", "top", "right", "bottom"].map((name) => document.querySelector(`[data-frame] [name=${name}]`));
  const row = {
    edges,
    used: () => edges.every((input) => input.value !== ""),
    label: () => edges.reduce((told, input, at) => told.replace(`{${"ltrb"[at]}}`, Math.round(input.value)), board.dataset.region),
    clear: () => { for (const input of edges) input.value = ""; },
    focus: () => edges[0].focus(),
    enter: () => edges[0].focus(),
  };
  // Drawing anew takes the place of the frame that is there.
  const draw = frames(svg, [row], () => 0);
  if (!row.used()) draw.put(0, FIRST);
}
