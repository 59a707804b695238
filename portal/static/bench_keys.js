// A key for every button. Letters act where nothing is typed; Escape leaves a field. Two of them open
// a chord: an aspect (P, K, O, D), then a finding (A to L), then how grave it is (1 to 3); the
// verdict (V) and the confidence (W), then a number. What is waited for is said beside the findings.
const typing = (target) => target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const visible = (element) => element && element.getClientRects().length > 0;

export function keys(form, shown) {
  const says = document.querySelector("[data-chord]");
  const first = says?.textContent;
  let waits = null;
  const wait = (text, take) => { waits = take; if (says) says.textContent = text ?? first; };
  if (form) counts(form);

  const press = (selector) => {
    const button = [...document.querySelectorAll(selector)].find(visible);
    button?.click();
    return Boolean(button);
  };
  const popover = (name) => {
    const box = document.getElementById(name);
    if (!box?.popover) return false;
    box.togglePopover();
    box.querySelector("select, input:not([type=hidden]), textarea")?.focus();
    return true;
  };

  function aspect(letter) {
    const part = form?.querySelector(`[data-aspect="${letter}"]`);
    if (!part) return false;
    for (const each of form.querySelectorAll("[data-aspect]")) each.open = each === part || each.querySelector(":checked") !== null;
    part.open = true;
    part.scrollIntoView({ block: "nearest" });
    part.querySelector("summary").focus({ preventScroll: true });
    wait(`${part.querySelector("summary").textContent.trim()}: A … L`, (key) => finding(part, key));
    return true;
  }
  function finding(part, key) {
    const row = part.querySelector(`[data-letter="${key}"]`);
    if (!row) return false;
    const tick = row.querySelector("[name=finding]");
    tick.click();
    tick.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    if (tick.checked) wait(`${row.textContent.trim().split("\n")[0]}: 1 2 3`, (grave) => gravity(row, grave));
    else wait();
    return true;
  }
  function gravity(row, key) {
    const choice = row.querySelector("select");
    const option = choice.options[Number(key) - 1];
    if (!option) return false;
    choice.value = option.value;
    choice.dispatchEvent(new Event("input", { bubbles: true }));
    wait();
    return true;
  }
  function choose(name) {
    const group = form?.querySelector(`[data-choice="${name}"]`);
    if (!group) return false;
    const options = [...group.querySelectorAll("input")];
    (options.find((each) => each.checked) ?? options[0]).focus();
    wait(`${group.querySelector("legend").textContent.trim()}: 1 … ${options.length}`, (key) => {
      const option = options[Number(key) - 1];
      if (!option) return false;
      option.click();
      option.focus();
      wait();
      return true;
    });
    return true;
  }
  function focus(selector) {
    const field = form?.querySelector(selector);
    field?.focus();
    return Boolean(field);
  }

  const ACTS = {
    "+": () => shown?.zoom(1.5), "=": () => shown?.zoom(1.5), "-": () => shown?.zoom(1 / 1.5), "0": () => shown?.home(),
    ArrowLeft: () => shown?.pan(-0.15, 0), ArrowRight: () => shown?.pan(0.15, 0),
    ArrowUp: () => shown?.pan(0, -0.15), ArrowDown: () => shown?.pan(0, 0.15),
    l: () => shown?.link(), m: () => shown?.mark(),
    p: () => aspect("p"), k: () => aspect("k"), o: () => aspect("o"), d: () => aspect("d"),
    v: () => choose("v"), w: () => choose("w"), r: () => focus("#reasons"),
    y: () => press("[name=no_conflict]"), i: () => press('[data-same$="conflict_statement"]'),
    a: () => popover("ask"), b: () => popover("code"), "?": () => popover("keys"),
    g: () => press('[data-key="g"]'), u: () => press('[data-key="u"]'), n: () => press('[data-key="n"]'), q: () => press('[data-key="q"]'),
  };

  // Before the keys of all pages: a letter of a chord is no button's key.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (form) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.key === "Escape") {
      if (typing(document.activeElement)) document.activeElement.blur();
      shown?.mark(false);
      wait();
      return;
    }
    if (event.altKey || event.ctrlKey || event.metaKey || typing(event.target) || event.defaultPrevented) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const radio = event.target.matches("[type=radio]") && key.startsWith("Arrow");
    if (radio) return;
    const taken = waits;
    if (taken) waits = null;
    if (taken?.(key)) { event.preventDefault(); return; }
    if (taken) wait();
    const digit = /^Digit([1-9])$/.exec(event.code);
    if (digit) {
      shown?.show(event.shiftKey ? "genuine" : "suspect", Number(digit[1]) - 1);
      event.preventDefault();
    } else if (ACTS[key] && ACTS[key]() !== false) event.preventDefault();
  }, { capture: true });
}

// How many findings each aspect has, so that a closed one tells.
function counts(form) {
  const count = () => {
    for (const part of form.querySelectorAll("[data-aspect]")) {
      const number = part.querySelectorAll("[name=finding]:checked").length;
      part.querySelector("[data-count]").textContent = number || "";
    }
  };
  form.addEventListener("change", count);
  count();
}
