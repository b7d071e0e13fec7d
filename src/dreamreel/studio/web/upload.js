/* Uploads that go on after a cut, a restart of the server or a reload of the page (tus.io, protocol 1.0.0).

     file ─ SHA-256 ─► kept in this browser ─► POST ─► PATCH … PATCH ─► Item
                              ▲                    ╲ cut ╱
                              └──── pending() ───── HEAD: how much is there? */

import { Problem, api, problem, reach } from "./api.js";
import { events } from "./events.js";
import { files } from "./store.js";

const PIECE = 1024 * 1024;
const TRIES = 6;
/* Larger files are not read as a whole before they are sent: a film may be larger than the memory. */
const HASHED = 64 * 1024 * 1024;
const TUS = { "Tus-Resumable": "1.0.0" };
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

async function fingerprint(file) {
  if (!crypto.subtle || file.size > HASHED) return null;
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Uploads that were under way when the page was closed: `[{key, file}]`. */
export const pending = () => files.all();

/**
 * Sends a file and answers its Item. `progress(part)` is told 0 to 1; `signal` stops it and forgets the part already
 * sent. Raises Problem when the server refuses the file.
 */
export async function upload(file, { progress = () => {}, signal } = {}) {
  const sha256 = await fingerprint(file);
  const key = sha256 ?? `${file.name}-${file.size}-${file.lastModified}`;
  const entry = { location: null, ...(await files.get(key)), key, file };
  await files.put(entry);
  try {
    const item = await persist(entry, sha256, progress, signal);
    await files.remove(key);
    return await api.get(`/items/${item}`);
  } catch (error) {
    if (error instanceof Problem && error.code !== "Offline") await files.remove(key);
    if (signal?.aborted) {
      await files.remove(key);
      if (entry.location) void fetch(entry.location, { method: "DELETE", headers: TUS }).catch(() => {});
    }
    throw error;
  }
}

async function persist(entry, sha256, progress, signal) {
  for (let tries = 0; ; tries += 1) {
    try {
      const there = entry.location ? await look(entry.location) : null;
      if (there?.item) return there.item;
      if (!there) {
        entry.location = await create(entry.file, sha256);
        await files.put(entry);
      }
      return await send(entry, there?.offset ?? 0, (part) => { tries = 0; progress(part); }, signal);
    } catch (error) {
      if (signal?.aborted || (error instanceof Problem && !["Offline", "Http409", "Conflict"].includes(error.code))) throw error;
      if (tries >= TRIES && events.online) throw error;
      await again(400 * 2 ** Math.min(tries, 5));
    }
  }
}

function again(ms) {
  return new Promise((done) => {
    const stop = events.on("online", finish);
    const timer = setTimeout(finish, ms);
    function finish() { stop(); clearTimeout(timer); done(); }
  });
}

async function create(file, sha256) {
  const metadata = [`filename ${base64(file.name)}`, sha256 && `sha256 ${base64(sha256)}`].filter(Boolean).join(",");
  const answer = await reach(api.url("/uploads"), {
    method: "POST", headers: { ...TUS, "Upload-Length": String(file.size), "Upload-Metadata": metadata },
  });
  if (!answer.ok) throw await problem(answer);
  await answer.text();
  return new URL(answer.headers.get("Location"), location.origin).pathname;
}

async function look(address) {
  const answer = await reach(address, { method: "HEAD", headers: TUS, cache: "no-store" });
  if (!answer.ok) return null;
  return { offset: Number(answer.headers.get("Upload-Offset")), item: answer.headers.get("Dreamreel-Item") };
}

async function send(entry, from, progress, signal) {
  for (let offset = from; ;) {
    const answer = await reach(entry.location, {
      method: "PATCH", signal, body: entry.file.slice(offset, offset + PIECE),
      headers: { ...TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) },
    });
    if (!answer.ok) throw await problem(answer);
    offset = Number(answer.headers.get("Upload-Offset"));
    progress(offset / Math.max(1, entry.file.size));
    const item = answer.headers.get("Dreamreel-Item");
    if (item) return item;
    if (offset >= entry.file.size) throw new Problem({ code: "Offline" });
  }
}
