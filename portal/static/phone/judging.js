// What a phone can say of a photo at once: the measures of evidence/photos.py on the same reduced
// picture, and the sentences of rules/gates.py, which the page hands over. The server judges again,
// and its answer counts. Runs in a worker: {blob, kind, gates} in, {edge, seen, reasons} out.
import { digestOf } from "./digest.js";

const EDGE = 1008, LEAST = 640, DARK = 4, BRIGHT = 251, FLAT_SPREAD = 3, FLAT_RANGE = 8;
const STRIP = 64;

if (globalThis.WorkerGlobalScope) {
  globalThis.onmessage = async ({ data }) => globalThis.postMessage({ id: data.id, ...await answerTo(data) });
}

export async function answerTo({ blob, kind, gates, digest }) {
  try {
    return digest ? { digest: await digestOf(blob) } : await judge(blob, kind, gates);
  } catch (error) {
    return { error: String(error) };
  }
}

export async function judge(blob, kind, gates) {
  if (kind === "video") return { reasons: blob.size < gates.least_video_bytes ? [gates.say.short_video] : [] };
  if (blob.type === "application/pdf") return { reasons: [] };
  let picture;
  try {
    picture = await createImageBitmap(blob, { imageOrientation: "from-image" });
  } catch {
    // A kind of picture that this browser does not draw (HEIC): the server can.
    return { unseen: true, reasons: [] };
  }
  const edge = Math.max(picture.width, picture.height);
  const least = gates[`${kind}_long_edge`];
  const reasons = edge < least ? [gates.say.small.replace("{edge}", grouped(edge)).replace("{least}", grouped(least))] : [];
  if (kind !== "photograph") return { edge, reasons };
  const seen = measure(picture);
  picture.close();
  return { edge, seen, reasons: reasons.concat(complaints(seen, gates)) };
}

function complaints(seen, gates) {
  if (seen.flat) return [gates.say.flat];
  const said = [];
  if (seen.sharpness < gates.least_sharpness) said.push(gates.say.blurred);
  if (seen.luma < gates.least_mean_luma || seen.dark > gates.most_clipped_dark) said.push(gates.say.dark);
  if (seen.luma > gates.most_mean_luma || seen.bright > gates.most_clipped_bright) said.push(gates.say.bright);
  return said;
}

function measure(picture) {
  const { grey, width, height } = reduced(picture);
  const counts = new Float64Array(256);
  for (const value of grey) counts[Math.round(value)]++;
  const pixels = width * height;
  let sum = 0, squares = 0, dark = 0, bright = 0;
  counts.forEach((count, level) => {
    sum += count * level;
    squares += count * level * level;
    if (level <= DARK) dark += count;
    if (level >= BRIGHT) bright += count;
  });
  const luma = sum / pixels;
  const spread = Math.sqrt(Math.max(0, squares / pixels - luma * luma));
  const flat = spread < FLAT_SPREAD || rangeOfGrid(grey, width, height) < FLAT_RANGE;
  return { sharpness: sharpness(grey, width, height), luma, dark: dark / pixels, bright: bright / pixels, flat };
}

// The picture in grey, each pixel the mean of a square of the original; strip by strip, because a
// phone has no room for all pixels of 48 million.
function reduced(picture) {
  const long = Math.max(picture.width, picture.height);
  let by = Math.ceil(long / EDGE);
  while (by > 1 && long / by < LEAST) by--;
  const width = Math.max(1, Math.floor(picture.width / by)), height = Math.max(1, Math.floor(picture.height / by));
  const canvas = new OffscreenCanvas(width * by, Math.min(height, STRIP) * by);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const grey = new Float32Array(width * height);
  for (let top = 0; top < height; top += STRIP) {
    const rows = Math.min(STRIP, height - top);
    pen.drawImage(picture, 0, top * by, width * by, rows * by, 0, 0, width * by, rows * by);
    const { data } = pen.getImageData(0, 0, width * by, rows * by);
    for (let y = 0; y < rows * by; y++) {
      const line = (top + Math.floor(y / by)) * width;
      let at = y * width * by * 4;
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let step = 0; step < by; step++, at += 4) sum += data[at] * 299 + data[at + 1] * 587 + data[at + 2] * 114;
        grey[line + x] += sum / (1000 * by * by);
      }
    }
  }
  return { grey, width, height };
}

function sharpness(grey, width, height) {
  let sum = 0, squares = 0, count = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const bent = grey[at - 1] + grey[at + 1] + grey[at - width] + grey[at + width] - 4 * grey[at];
      sum += bent;
      squares += bent * bent;
      count++;
    }
  }
  return count ? squares / count - (sum / count) ** 2 : 0;
}

function rangeOfGrid(grey, width, height) {
  let low = 255, high = 0;
  for (let row = 0; row < 8; row++) {
    for (let column = 0; column < 9; column++) {
      let sum = 0, count = 0;
      const bottom = Math.max(1, Math.floor((row + 1) * height / 8)), right = Math.max(1, Math.floor((column + 1) * width / 9));
      for (let y = Math.floor(row * height / 8); y < bottom; y++) {
        for (let x = Math.floor(column * width / 9); x < right; x++, count++) sum += grey[y * width + x];
      }
      if (!count) continue;
      low = Math.min(low, sum / count);
      high = Math.max(high, sum / count);
    }
  }
  return high - low;
}

function grouped(number) {
  return number.toLocaleString("en");
}
