// Reads a label or a seal with the camera into the field it is typed in. In the browser where it can
// read codes (BarcodeDetector); else a picture of the camera goes to the server, which keeps nothing
// of it. Where there is no camera to be had, a photo is taken and read the same way.

// Fields by their names. What names an exhibit may be its label or its seal; a seal is read off the bag.
const LABELS = ["label", "find"], NUMBERS = ["seal", "seal_number", "seal_in", "seal_out", "tracking_number"];
const A_LABEL = /^https?:\/\/[^/]+\/exhibits\/(.+)$/;
const LONG_EDGE = 1280, PAUSE = 150, PAUSE_OF_SERVER = 400, PAUSE_WHEN_TOO_MANY = 5000;

const dialog = document.getElementById("scanner");
const say = JSON.parse(dialog.dataset.say);
const part = (name) => dialog.querySelector(`[data-part="${name}"]`);
const finder = dialog.querySelector(".finder"), video = dialog.querySelector("video"), photo = dialog.querySelector("input");
let field = null, stream = null, detector;

class Later extends Error {}

async function ownDetector() {
  if (!("BarcodeDetector" in globalThis)) return null;
  try {
    const formats = await BarcodeDetector.getSupportedFormats();
    return formats.includes("qr_code") ? new BarcodeDetector({ formats }) : null;
  } catch {
    return null;
  }
}

async function askServer(picture) {
  const body = new FormData();
  body.append("photo", picture, "code.jpg");
  const answer = await fetch("/scan/codes", {
    method: "POST", body, redirect: "manual", headers: { accept: "application/json", "x-csrf-token": dialog.dataset.csrf },
  });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said.codes;
  if (answer.status === 409) throw new Error(said.reasons.join(" "));
  throw new Later();
}

async function readCamera() {
  if (detector) return (await detector.detect(video)).map((code) => code.rawValue);
  const by = Math.min(1, LONG_EDGE / Math.max(video.videoWidth, video.videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(video.videoWidth * by);
  canvas.height = Math.round(video.videoHeight * by);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  return askServer(await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.85); }));
}

async function look(mine) {
  let pause = detector ? PAUSE : PAUSE_OF_SERVER;
  while (stream === mine) {
    try {
      const codes = await readCamera();
      if (stream === mine) take(codes);
    } catch (error) {
      if (stream !== mine) return;
      tell(error instanceof Later ? say.later : error instanceof TypeError ? say.away : error.message);
      pause = PAUSE_WHEN_TOO_MANY;
    }
    await new Promise((resolve) => { setTimeout(resolve, pause); });
  }
}

function tell(text) {
  // Said again it would be read aloud again.
  if (part("said").textContent !== text) part("said").textContent = text;
}

function written(code) {
  const label = code.match(A_LABEL);
  return label ? decodeURIComponent(label[1]) : code;
}

// What was read goes into the field; a list of labels grows until it is done.
function take(codes) {
  for (const code of codes) {
    if (NUMBERS.includes(field.name) && A_LABEL.test(code)) {
      tell(say.a_label.replace("{code}", written(code)));
      continue;
    }
    if (field.name !== "label") {
      fill(code);
      return;
    }
    if (taken().includes(code)) continue;
    const line = document.createElement("li");
    line.dataset.code = code;
    line.textContent = written(code);
    part("read").append(line);
    part("done").hidden = false;
    tell(say.read.replace("{code}", written(code)));
    navigator.vibrate?.(60);
  }
}

const taken = () => [...part("read").children].map((line) => line.dataset.code);

function fill(code) {
  navigator.vibrate?.(60);
  field.value = field.name === "find" ? code : written(code);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  dialog.close();
  field.focus();
  if (field.name === "find") field.form.requestSubmit();
}

function finish() {
  const codes = taken();
  // The one in the field itself is the last; the others go before it under the same name.
  field.value = codes.pop() ?? "";
  for (const code of codes) {
    const hidden = document.createElement("input");
    Object.assign(hidden, { type: "hidden", name: "label", value: code });
    field.before(hidden);
  }
  dialog.close();
  field.form.requestSubmit();
}

async function open(input) {
  field = input;
  const name = input.labels[0]?.textContent.trim() ?? "";
  dialog.querySelector("h2").textContent = say.title.replace("{field}", name);
  part("read").replaceChildren();
  part("done").hidden = finder.hidden = true;
  tell("");
  dialog.showModal();
  detector ??= await ownDetector();
  let mine;
  try {
    mine = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", width: { ideal: LONG_EDGE } } });
  } catch {
    tell(say.no_camera);
    return;
  }
  if (!dialog.open) {
    stop(mine);
    return;
  }
  stream = mine;
  video.srcObject = mine;
  finder.hidden = false;
  tell(say.looking);
  await video.play().catch(() => {});
  if (video.videoWidth === 0) await new Promise((resolve) => { video.addEventListener("loadeddata", resolve, { once: true }); });
  look(mine);
}

function stop(camera) {
  for (const track of camera?.getTracks() ?? []) track.stop();
}

async function readPhoto() {
  const [chosen] = photo.files;
  if (!chosen) return;
  tell(say.reading);
  try {
    const codes = await askServer(chosen);
    tell(codes.length ? "" : say.nothing);
    take(codes);
  } catch (error) {
    tell(error instanceof Later ? say.later : error instanceof TypeError ? say.away : error.message);
  }
  photo.value = "";
}

dialog.addEventListener("close", () => {
  stop(stream);
  stream = video.srcObject = null;
});
part("close").addEventListener("click", () => dialog.close());
part("done").addEventListener("click", finish);
photo.addEventListener("change", readPhoto);

for (const input of document.querySelectorAll("main input:not([type=hidden])")) {
  if (![...LABELS, ...NUMBERS].includes(input.name)) continue;
  const button = document.getElementById("scan-button").content.firstElementChild.cloneNode(true);
  button.setAttribute("aria-label", button.title);
  const [label] = input.labels;
  if (label) {
    // Which of several it is, said after its name.
    label.id ||= `${input.id}-label`;
    button.setAttribute("aria-describedby", label.id);
  }
  button.addEventListener("click", () => open(input));
  input.after(button);
  if (input.parentElement.matches(".field")) input.parentElement.classList.add("scans");
}
