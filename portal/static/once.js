// While a form is under way its buttons rest, so that a second press sends nothing. The server does
// nothing twice anyway; here the second press does not even leave.
const PATIENCE = 20000;
const resting = new Map();

function wake(form) {
  clearTimeout(resting.get(form)?.timer);
  for (const button of resting.get(form)?.buttons ?? []) button.disabled = false;
  resting.delete(form);
}

// On the document, after every listener of the page's own: what they keep here is not under way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (resting.has(form)) {
    event.preventDefault();
    return;
  }
  resting.set(form, { buttons: [], timer: setTimeout(() => wake(form), PATIENCE) });
  // A moment later: a button that is disabled now would not send its own value.
  setTimeout(() => {
    const under = resting.get(form);
    if (!under) return;
    under.buttons = [...form.elements].filter((each) => each.type === "submit" && !each.disabled);
    for (const button of under.buttons) button.disabled = true;
  });
});

// Whoever comes back by the browser's own button finds the page as it was left.
addEventListener('pageshow', (event) => {
  if (event.persisted) for (const form of [...resting.keys()]) wake(form);
});
