/* Files in hand: picked, dropped, pasted or taken, sent, and kept over a reload. Photos for a dream, films and sounds for
   Convert; several make a batch. */

import { Problem, api } from "../api.js";
import { announce, fill, h } from "../dom.js";
import { fmt, t } from "../i18n.js";
import { files as kept, local } from "../store.js";
import { pending, upload } from "../upload.js";
import { dialog } from "./dialog.js";
import { icon } from "./icon.js";
import { toast } from "./toast.js";

const ACCEPT = "image/*,.heic,.heif,.avif";
const RECORDINGS = /\.(3gp|aac|ac3|aiff?|amr|asf|avi|caf|dv|flac|flv|gif|m2ts|m4[av]|mka|mkv|mov|mp[234g]|mpeg|mts|mxf|nut|og[agv]|opus|tta|ts|vob|w64|wav|webm|wm[av]|wv)$/i;

/** True for a file that is a film or a sound, going by its type and name. */
export const isRecording = (file) => /^(video|audio)\//.test(file.type) || RECORDINGS.test(file.name);
const isPhoto = (file) => file.type.startsWith("image/") || /\.(heic|heif|avif)$/i.test(file.name);

/** Photos: what the Create page takes. */
export const PHOTOS = {
  kept: "create.photos", fits: isPhoto, belongs: (item) => item.kind === "photo", ready: "create.photoReady", failed: "create.uploadFailed",
  refused: (files) => (files.some(isRecording) ? t("create.notAFilm") : t("create.notAPhoto")),
};

/**
 * The photos in hand: `{list, at}`, each `{key, name, url, item, part, error}`. `changed()` is called after a change;
 * `signal` ends listening to paste and drop; `what` says which files are taken.
 */
export function photoTray({ changed, signal, what = PHOTOS }) {
  const list = [];
  let at = 0;
  const keep = () => local.set(what.kept, list.filter((photo) => photo.item).map((photo) => photo.item.id));
  const told = () => { keep(); changed(); };

  const tray = {
    list,
    get at() { return at; },
    get current() { return list[at] ?? null; },
    get ready() { return list.filter((photo) => photo.item); },
    choose(index) { at = index; changed(); },
    remove(photo) {
      photo.stop?.abort();
      if (photo.own) URL.revokeObjectURL(photo.url);
      list.splice(list.indexOf(photo), 1);
      at = Math.max(0, Math.min(at, list.length - 1));
      told();
    },
    add(files, { replace = false } = {}) {
      const found = [...files].filter(what.fits);
      if (!found.length) return void toast(what.refused([...files]), { kind: "bad" });
      if (replace) for (const photo of [...list]) tray.remove(photo);
      at = list.length;
      for (const file of found) void send(file);
      changed();
    },
    take(item) {
      const there = list.findIndex((photo) => photo.item?.id === item.id);
      if (there >= 0) at = there;
      else at = list.push(known(item)) - 1;
      told();
    },
    /** What was in hand before a reload, and uploads that were cut by it. */
    async restore() {
      const items = await Promise.all((local.get(what.kept) ?? []).map((id) => api.get(`/items/${id}`).catch(() => null)));
      list.push(...items.filter((item) => item && !item.trashed && what.belongs(item)).map(known));
      at = Math.max(0, list.length - 1);
      for (const { key, file } of await pending()) {
        if (file && what.fits(file)) void send(file);
        else if (!file) await kept.remove(key);
      }
      changed();
    },
  };

  const known = (item) => ({ key: item.id, name: item.name, item, url: api.url(`/items/${item.id}/poster`), thumb: api.url(`/items/${item.id}/thumb`), part: 1 });

  async function send(file) {
    const url = URL.createObjectURL(file);
    const photo = { key: url, name: file.name, url, thumb: url, own: true, part: 0, item: null, error: null, stop: new AbortController() };
    photo.again = () => { list.splice(list.indexOf(photo), 1); void send(file); changed(); };
    list.push(photo);
    changed();
    try {
      const item = await upload(file, { signal: photo.stop.signal, progress: (part) => { photo.part = part; changed(); } });
      if (!what.belongs(item)) throw new Problem({ code: "NotMedia", detail: what.refused([file]) });
      const twin = list.find((one) => one !== photo && one.item?.id === item.id);
      if (twin) { tray.remove(photo); at = list.indexOf(twin); }
      Object.assign(photo, { item, part: 1, thumb: api.url(`/items/${item.id}/thumb`), url: api.url(`/items/${item.id}/poster`) });
      announce(t(what.ready, { name: file.name }));
    } catch (error) {
      if (photo.stop.signal.aborted) return;
      photo.error = error instanceof Problem && error.code !== "Offline" ? error.detail : t(what.failed);
    }
    told();
  }

  document.addEventListener("paste", (event) => {
    const found = [...(event.clipboardData?.files ?? [])];
    if (found.length) { event.preventDefault(); tray.add(found); }
  }, { signal });
  dropAnywhere((found) => tray.add(found), signal);
  return tray;
}

function dropAnywhere(take, signal) {
  let depth = 0;
  const over = (on) => document.documentElement.classList.toggle("is-dropping", on);
  const holds = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const listen = (name, run) => addEventListener(name, (event) => { if (holds(event)) { event.preventDefault(); run(event); } }, { signal });
  listen("dragenter", () => { depth += 1; over(true); });
  listen("dragleave", () => { depth -= 1; if (depth <= 0) over(false); });
  listen("dragover", (event) => { event.dataTransfer.dropEffect = "copy"; });
  listen("drop", async (event) => { depth = 0; over(false); take(await dropped(event.dataTransfer)); });
  signal.addEventListener("abort", () => over(false));
}

/** The files of a drop, those in folders as well. */
async function dropped(transfer) {
  const files = [...transfer.files];
  const entries = [...transfer.items ?? []].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return files;
  const all = [];
  for (const entry of entries) await inside(entry, all);
  return all;
}

async function inside(entry, all) {
  if (entry.isFile) return void all.push(await new Promise((done, failed) => { entry.file(done, failed); }));
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((done, failed) => { reader.readEntries(done, failed); });
    if (!some.length) return;
    for (const one of some) await inside(one, all);
  }
}

/** A hidden file input and the function that opens it; `folder` lets a whole folder be chosen. */
export function filePicker(take, { accept = ACCEPT, folder = false } = {}) {
  const input = h("input", { type: "file", accept: folder ? null : accept, webkitdirectory: folder, multiple: true, hidden: true, "aria-hidden": "true", tabindex: "-1", on: { change: () => { take(input.files); input.value = ""; } } });
  return { input, open: () => input.click() };
}

/** The photo on the clipboard. */
export async function paste(take) {
  try {
    for (const entry of await navigator.clipboard.read()) {
      const type = entry.types.find((one) => one.startsWith("image/"));
      if (type) return take([new File([await entry.getType(type)], `${t("create.pasted")}.${type.split("/")[1]}`, { type })]);
    }
    toast(t("create.nothingToPaste"));
  } catch { toast(t("create.mayNotPaste")); }
}

/** Takes a photo with the camera of this computer. */
export async function takePhoto(take) {
  let stream = null;
  const video = h("video", { class: "camera-view", autoplay: true, muted: true, playsInline: true, "aria-label": t("create.cameraView") });
  const note = h("p", { class: "note", hidden: true });
  const shoot = h("button", { class: "shutter", type: "button", disabled: true, "aria-label": t("create.shoot") });
  const stop = () => { for (const track of stream?.getTracks() ?? []) track.stop(); };
  const shown = dialog({
    title: t("create.takePhoto"), wide: true,
    body: (close) => {
      shoot.addEventListener("click", async () => {
        const canvas = h("canvas", { width: video.videoWidth, height: video.videoHeight });
        canvas.getContext("2d").drawImage(video, 0, 0);
        const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.94); });
        close();
        take([new File([blob], `${t("create.cameraName")} ${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.jpg`, { type: "image/jpeg" })]);
      });
      return [h("div", { class: "camera-box" }, video, note), h("div", { class: "camera-foot" }, shoot)];
    },
  });
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 2560 }, height: { ideal: 1920 } } });
    video.srcObject = stream;
    shoot.disabled = false;
    shoot.focus();
  } catch (error) {
    note.hidden = false;
    fill(note, icon("info"), t(error.name === "NotAllowedError" ? "create.cameraDenied" : "create.cameraMissing"));
  }
  await shown;
  stop();
}

/** The row of small photos under the stage. */
export function photoStrip(tray, pick) {
  return h("ul", { class: "photo-strip", "aria-label": t("create.photos") },
    tray.list.map((photo, index) => h("li", { class: photo.error ? "thumb is-bad" : "thumb" },
      h("button", { class: "thumb-pick", type: "button", "aria-pressed": String(index === tray.at), "aria-label": photo.name, title: photo.name, on: { click: () => tray.choose(index) } },
        h("img", { src: photo.thumb, alt: "", on: { error: (event) => event.target.remove() } }),
        photo.error ? icon("warning") : photo.item ? null : h("span", { class: "thumb-part" }, fmt.percent(photo.part))),
      h("button", { class: "thumb-remove", type: "button", "aria-label": t("create.removePhoto", { name: photo.name }), on: { click: () => tray.remove(photo) } }, icon("close")))),
    h("li", {}, h("button", { class: "thumb is-add", type: "button", "aria-label": t("create.addPhoto"), title: t("create.addPhoto"), on: { click: pick } }, icon("plus"))));
}
