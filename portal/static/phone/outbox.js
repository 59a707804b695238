// The outbox: photos on the phone, written down before anything else is done with them.
// A row has its photo's bytes until the server has said under which digest it keeps them.
// `state`: draft (not looked at yet), waiting, refused (nothing was kept there), answered.

const NAME = "testbuy-outbox", STORE = "photos";
const IN_MEMORY = 32 * 1024 * 1024;
const PATIENCE = 8000;

function opened() {
  return new Promise((resolve, reject) => {
    const asking = indexedDB.open(NAME, 1);
    asking.onupgradeneeded = () => asking.result.createObjectStore(STORE, { keyPath: "id" });
    asking.onsuccess = () => resolve(asking.result);
    asking.onerror = () => reject(asking.error);
    // After a crash a browser may never answer; the photo is then handed in by the plain form.
    setTimeout(() => reject(new Error("the browser's store does not answer")), PATIENCE);
  });
}

async function within(mode, act) {
  const db = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const work = db.transaction(STORE, mode, { durability: "strict" });
      const answer = act(work.objectStore(STORE));
      work.oncomplete = () => resolve(answer.result);
      work.onabort = () => reject(work.error ?? answer.error);
    });
  } finally {
    db.close();
  }
}

export const all = () => within("readonly", (store) => store.getAll());
export const find = (id) => within("readonly", (store) => store.get(id));
export const put = (row) => within("readwrite", (store) => store.put(row));
export const remove = (id) => within("readwrite", (store) => store.delete(id));

// Puts a file down for good; only then is anything measured or sent.
export async function keep(file, { person, reference, shot, kind }) {
  const small = file.size <= IN_MEMORY;
  const row = {
    id: globalThis.crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`,
    person, reference, shot, kind,
    name: file.name, type: file.type, size: file.size,
    // Some browsers lose what a file points to once the page is closed: small ones are copied.
    bytes: small ? await file.arrayBuffer() : file,
    state: "draft", chosen: Date.now(),
  };
  await put(row);
  return row;
}

// Changes a row as it stands now; two pages and the service worker may hold one each.
export async function change(id, values) {
  const db = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const work = db.transaction(STORE, "readwrite", { durability: "strict" });
      const store = work.objectStore(STORE);
      let row;
      const asking = store.get(id);
      asking.onsuccess = () => {
        row = asking.result && { ...asking.result, ...values };
        if (row) store.put(row);
      };
      work.oncomplete = () => resolve(row);
      work.onabort = () => reject(work.error);
    });
  } finally {
    db.close();
  }
}

export function blobOf(row) {
  return row.bytes instanceof Blob ? row.bytes : new Blob([row.bytes], { type: row.type });
}

// The same photo for the same shot waits once, however often it was chosen.
export async function twinOf(row) {
  const rows = await all();
  return rows.find((each) => each.id !== row.id && each.person === row.person && each.reference === row.reference
    && each.shot === row.shot && each.digest === row.digest && each.state !== "draft");
}
