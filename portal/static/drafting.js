// The draft: what is typed is kept a moment later, by the same fields as the form's. The newest
// saving counts; a page that another one overtook says so. What can't be kept now is tried again.
const PAUSE = 700;
const AGAIN = 5000;

export function drafting(form) {
  const version = form.querySelector("[name=draft_version]");
  const saved = document.querySelector("[data-saved]");
  const lease = document.querySelector("[data-lease]");
  const overtaken = document.querySelector("[data-overtaken]");
  let timer = 0;
  let going = null;
  let dirty = false;

  async function keep() {
    clearTimeout(timer);
    if (going) { await going; }
    if (!dirty) return;
    dirty = false;
    going = send();
    await going;
    going = null;
  }

  async function send() {
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST", body: new URLSearchParams(new FormData(form)), headers: { accept: "application/json" }, keepalive: true,
      });
      const told = await answer.json();
      if (!answer.ok) {
        if (saved) saved.textContent = (told.reasons ?? []).join(" ");
        return;
      }
      version.value = told.version;
      overtaken.hidden = !told.overtaken;
      if (saved) saved.textContent = saved.dataset.word ?? "✓";
      if (lease && told.claimed_until) lease.dataset.until = told.claimed_until;
    } catch {
      dirty = true;
      timer = setTimeout(keep, AGAIN);
    }
  }

  const soon = () => {
    dirty = true;
    if (saved) saved.textContent = "…";
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  // A frame drawn on a photo fills the fields without an event of its own.
  document.addEventListener("pointerup", () => { if (form.matches(":has(.markrows [name=mark_photo])")) setTimeout(() => changed() && soon(), 0); });
  let before = new URLSearchParams(new FormData(form)).toString();
  const changed = () => {
    const now = new URLSearchParams(new FormData(form)).toString();
    const differs = now !== before;
    before = now;
    return differs;
  };
  addEventListener("pagehide", () => { if (dirty) keep(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden && dirty) keep(); });
  form.addEventListener("submit", () => { dirty = false; clearTimeout(timer); });
}
