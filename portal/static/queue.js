// The queue by keys (N, for the most urgent, is a key of keys.js): the arrows go along the lines, Enter opens one.
const lines = [...document.querySelectorAll(".queue tbody tr a.ref")];
let at = -1;
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("input, select, textarea")) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    at = Math.min(lines.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)));
    lines[at]?.focus();
    event.preventDefault();
  } else if (event.key === "Enter" && event.target === document.body) lines[0]?.click();
});
