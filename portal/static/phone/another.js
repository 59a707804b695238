// "Hand in another photo": any shot, also a film of hundreds of megabytes, by the same way as the
// photos that are due: into the outbox first, digested in pieces, sent in parts, told when it is in.
import { digestOf } from "./digest.js";
import { blobOf, change, keep, remove } from "./outbox.js";
import { tellOthers } from "./sending.js";
import { askToBeWoken, onChange, page, refresh, send } from "./phone.js";

const form = document.querySelector("form[data-another]");
const told = form?.querySelector("[data-part=became]");
const mine = new Set();

function tell(text, reasons = []) {
  told.hidden = false;
  told.replaceChildren(text);
  const list = document.createElement("ul");
  list.append(...reasons.map((reason) => Object.assign(document.createElement("li"), { textContent: reason })));
  if (reasons.length) told.append(list);
}

async function handOver(file, shot) {
  const row = await keep(file, { person: page.person, reference: page.reference, shot, kind: "any" });
  mine.add(row.id);
  tell(page.say.measured.replace("{shot}", shot));
  try {
    await change(row.id, { digest: await digestOf(blobOf(row)), state: "waiting" });
  } catch (error) {
    await remove(row.id);
    throw error;
  }
  told.hidden = true;
  tellOthers();
  await refresh();
  askToBeWoken();
  send();
}

function becameOf(rows) {
  for (const row of rows.filter((each) => mine.has(each.id) && ["answered", "refused"].includes(each.state))) {
    mine.delete(row.id);
    const { accepted, reasons } = row.answer ?? { accepted: false, reasons: row.reasons };
    const said = accepted ? page.say.accepted : row.state === "refused" ? page.say.not_kept : page.say.not_accepted;
    tell(said.replace("{shot}", row.shot), reasons);
    form.closest("details").open = true;
  }
}

if (form) {
  onChange(becameOf);
  form.addEventListener("submit", (event) => {
    const { photo, shot } = form.elements;
    if (!photo.files.length || !globalThis.indexedDB) return;
    event.preventDefault();
    const [file] = photo.files;
    photo.disabled = true;
    handOver(file, shot.value)
      .then(() => { photo.value = ""; })
      // What the phone can't keep goes the plain way, while there is a connection.
      .catch(() => { photo.disabled = false; form.submit(); })
      .finally(() => { photo.disabled = false; });
  });
}
