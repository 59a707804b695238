// What was typed goes along when the language is switched: the page is opened anew, and its forms are
// filled as they were. Never passwords, codes, files, or what the page itself fills in.
const KEY = "typed";
const SECRET = /password|one_time_code|^signature$/;
const OWN = new Set(["hidden", "password", "file", "submit", "button", "image", "reset"]);

const forms = () => [...document.querySelectorAll("main form")].filter((form) => form.method === "post");
const fields = (form) =>
  [...form.elements].filter((each) => each.name && !OWN.has(each.type) && !SECRET.test(each.name));
const ticks = (each) => each.type === "checkbox" || each.type === "radio";

function touched(each) {
  if (ticks(each)) return each.checked !== each.defaultChecked;
  if (each.options) return [...each.options].some((option) => option.selected !== option.defaultSelected);
  return each.value !== each.defaultValue;
}

// The same form on the page of then: of those with its address, the one that stood there.
const among = (form, all) => all.filter((each) => each.action === form.action).indexOf(form);

function keep(switcher, to) {
  const all = forms();
  const kept = [];
  for (const form of all) {
    const came = form.getAttribute("action") === switcher.dataset.failed;
    const said = fields(form).map((each, at) => ({ each, at }));
    // In a form that came back, what was entered is what the page has.
    const typed = said.filter(({ each }) => came || touched(each));
    if (!typed.length) continue;
    const what = typed.map(({ each, at }) => [at, each.name, ticks(each) ? each.checked : each.value]);
    kept.push({ action: form.getAttribute("action"), nth: among(form, all), came, what });
  }
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ to: new URL(to, location.href).pathname, kept }));
  } catch { /* A browser that keeps nothing: the page says without scripts what happens. */ }
}

function fill({ action, nth, came, what }) {
  const form = forms().filter((each) => each.getAttribute("action") === action)[nth];
  if (!form) return;
  const there = fields(form);
  for (const [at, name, value] of what) {
    const field = there[at];
    if (field?.name !== name) continue;
    if (ticks(field)) field.checked = value;
    else field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const folded = form.closest("details");
  if (folded && came) folded.open = true;
}

for (const switcher of document.querySelectorAll(".languages")) {
  switcher.addEventListener("submit", () => keep(switcher, switcher.elements.namedItem("next").value));
  switcher.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link) keep(switcher, new URL(link.href).searchParams.get("next") ?? "/");
  });
}

// After every other script of the page: what they set up themselves is there by now.
addEventListener("load", () => {
  try {
    const then = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    sessionStorage.removeItem(KEY);
    if (then?.to === location.pathname) then.kept.forEach(fill);
  } catch { /* Nothing is kept here. */ }
});
