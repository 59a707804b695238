// The SHA-256 of a file, before it is sent: `sha256:` and 64 hex digits, as the vault names it.
// Small files by the browser's own; large ones, and pages without encryption, piece by piece here.

const AT_ONCE = 64 * 1024 * 1024;
const PIECE = 4 * 1024 * 1024;
const K = new Uint32Array(64);
const START = new Uint32Array(8);
{
  // FIPS 180-4: the fractional parts of the cube and square roots of the first primes.
  const fraction = (number) => ((number - Math.floor(number)) * 2 ** 32) >>> 0;
  for (let number = 2, found = 0; found < 64; number++) {
    let prime = true;
    for (let by = 2; by * by <= number; by++) prime &&= number % by > 0;
    if (!prime) continue;
    if (found < 8) START[found] = fraction(Math.sqrt(number));
    K[found++] = fraction(Math.cbrt(number));
  }
}

export async function digestOf(blob) {
  if (blob.size <= AT_ONCE && globalThis.crypto?.subtle) {
    const whole = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
    return `sha256:${hex(new Uint8Array(whole))}`;
  }
  return piecewise(blob);
}

export async function piecewise(blob) {
  const state = START.slice(), words = new Uint32Array(64);
  const whole = Math.floor(blob.size / 64) * 64;
  for (let at = 0; at < whole; at += PIECE) {
    const bytes = await blob.slice(at, Math.min(at + PIECE, whole)).arrayBuffer();
    const view = new DataView(bytes);
    for (let block = 0; block < bytes.byteLength; block += 64) mix(state, words, view, block);
  }
  const rest = new Uint8Array(await blob.slice(whole).arrayBuffer());
  const tail = new Uint8Array(rest.length < 56 ? 64 : 128);
  tail.set(rest);
  tail[rest.length] = 0x80;
  const view = new DataView(tail.buffer);
  view.setBigUint64(tail.length - 8, BigInt(blob.size) * 8n);
  for (let block = 0; block < tail.length; block += 64) mix(state, words, view, block);
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((word, index) => out.setUint32(index * 4, word));
  return `sha256:${hex(new Uint8Array(out.buffer))}`;
}

function mix(state, w, view, block) {
  for (let i = 0; i < 16; i++) w[i] = view.getUint32(block + i * 4);
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15], y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0;
    d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => { state[index] += word; });
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
