/* Approvals: how many requests are selected, a whole group at a press, and the selection taken back.
   Without it check boxes and buttons do the same, one by one. */

const boxes = () => [...document.querySelectorAll("input[name=chosen]")];
const count = document.querySelector("[data-count]");

function tell() {
  if (!count) return;
  const chosen = boxes().filter((box) => box.checked).length;
  count.textContent = chosen === 1 ? count.dataset.one : count.dataset.many.replace("#", chosen);
  count.closest("form").querySelectorAll("[name=decision]").forEach((button) => { button.disabled = !chosen; });
}

document.addEventListener("change", (event) => { if (event.target.name === "chosen") tell(); });
document.querySelectorAll("[data-select]").forEach((button) => {
  const mine = () => [...button.closest("section").querySelectorAll("input[name=chosen]")];
  button.hidden = !mine().length;
  button.addEventListener("click", () => {
    const all = mine().every((box) => box.checked);
    mine().forEach((box) => { box.checked = !all; });
    tell();
  });
});
document.querySelectorAll("[data-clear]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => {
    boxes().forEach((box) => { box.checked = false; });
    tell();
  });
});
document.querySelector("#batch-reason")?.addEventListener("keydown", (event) => {
  // Enter in the reason declines; the form's first button would approve.
  if (event.key !== "Enter") return;
  event.preventDefault();
  document.querySelector("#batch [value=decline]").click();
});
tell();
