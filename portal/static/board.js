/* The board: asks now and then whether test buys came that it does not show, and says so. Rows are
   never put under the pointer. Nobody is asked for a page that is not looked at: neither while it is
   hidden, nor once nobody has touched it for some minutes, so that an idle log-in ends as it should. */

const EVERY_MS = 30_000;
const AT_HAND_MS = 5 * 60_000;
let touched = Date.now();

for (const kind of ["pointermove", "keydown", "scroll", "focus"]) {
  addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
}

const told = document.querySelector("[data-arrivals]");
function look() {
  if (document.visibilityState !== "visible" || Date.now() - touched > AT_HAND_MS) return;
  told.dispatchEvent(new CustomEvent("look"));
}
if (told) {
  setInterval(look, EVERY_MS);
  document.addEventListener("visibilitychange", look);
}
