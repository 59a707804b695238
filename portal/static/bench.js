// An authenticator's workbench: two viewers that zoom and move together, a key for every button, and
// the draft. Everything here is also done by the plain form below it; nothing but the form is sent.
import { viewers } from "/static/viewers.js";
import { keys } from "/static/bench_keys.js";
import { drafting } from "/static/drafting.js";

const form = document.querySelector("#verdict");
const undoing = document.querySelector("[data-until]");

if (form) {
  drafting(form);
  for (const button of document.querySelectorAll("[data-same]")) {
    button.hidden = document.getElementById(button.dataset.same).value !== "";
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.same);
      field.value = button.dataset.says;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      button.hidden = true;
      field.focus({ preventScroll: true });
    });
  }
  // A field that is wanting may lie in a closed part: it is opened, so that the browser can show it.
  form.addEventListener("invalid", (event) => {
    const closed = event.target.closest("details:not([open])");
    if (closed) closed.open = true;
  }, true);
}

// The seconds that are left, then the page as it stands: the verdict is sealed by that request.
if (undoing) {
  const ends = performance.now() + Number(undoing.dataset.until);
  const left = undoing.querySelector("[data-left]");
  const tick = () => {
    const seconds = Math.ceil((ends - performance.now()) / 1000);
    left.textContent = seconds > 0 ? `${seconds} s` : "";
    if (seconds > 0) setTimeout(tick, 250);
    else location.replace(undoing.dataset.then);
  };
  tick();
}

const shown = await viewers(document.querySelector(".views"));
keys(form, shown);

// The next examination's pictures are in the browser before it is opened.
addEventListener("load", () => {
  for (const link of document.querySelectorAll("[data-ahead] a")) new Image().src = link.href;
});
if (document.readyState === "complete") dispatchEvent(new Event("load"));
