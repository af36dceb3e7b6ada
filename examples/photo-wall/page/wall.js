// The wall: shows a card for each photo, and applies the changes that the server sends.
import { draw } from "./placeholder.js";
import { call, send, sign } from "./upload.js";

const PARALLEL = 4; // uploads at a time: a browser opens six connections to a server
const RECONNECT = 3000; // milliseconds before the page tries to connect again

const [wall, add, news, empty] = ["#wall", "#add", "#news", "#empty"].map((id) => document.querySelector(id));
const cards = new Map(); // by the key of the photo
const uploads = new WeakMap(); // the last upload of each card
const waiting = []; // the uploads that have not begun
let running = 0;
let delivery; // what the URL of every picture begins with

/** Announces a message. A screen reader may skip messages in quick succession, so several become one. */
const unsaid = [];
let isPaused = false;
function say(...texts) {
  unsaid.push(...texts);
  if (isPaused || unsaid.length === 0) return;
  const last = unsaid.at(-1);
  news.textContent = unsaid.length > 3 ? `${unsaid.length} changes, the last one: ${last}` : unsaid.join(". ");
  unsaid.length = 0;
  isPaused = true;
  setTimeout(() => { isPaused = false; say(); }, 1000);
}

/** The URL of the current version of a photo, computed from its key. */
const hex = (char) => "%" + char.charCodeAt(0).toString(16).toUpperCase();
const encode = (key) => key.split("/").map(encodeURIComponent).join("/").replace(/[!'()*]/g, hex)
  .replaceAll("~", "~7E").replaceAll("%", "~");
const current = (preset, key) => `${delivery}/p/${preset}/${encode(key)}`;

/** Makes a card. It has no key until the server has signed its first upload. */
function makeCard(name) {
  const card = document.querySelector("#card").content.cloneNode(true).querySelector("li");
  const [title, progress, retry, replacement, remove] =
    [".name", "progress", ".retry", "input", ".delete"].map((part) => card.querySelector(part));
  title.textContent = name;
  progress.setAttribute("aria-label", `Upload of ${name}`);
  retry.setAttribute("aria-label", `Retry ${name}`);
  retry.addEventListener("click", () => {
    title.focus(); // the button disappears
    enqueue(card, uploads.get(card).file);
  });
  replacement.setAttribute("aria-label", `Replace ${name}`);
  replacement.addEventListener("change", () => {
    [...replacement.files].forEach((file) => enqueue(card, file));
    replacement.value = "";
  });
  remove.setAttribute("aria-label", `Delete ${name}`);
  remove.addEventListener("click", () => erase(card));
  return card;
}

function adopt(card, key) {
  card.dataset.key = key;
  cards.set(key, card);
}

/** The card of a photo; a new one is the first on the wall. */
function cardOf(key) {
  if (!cards.has(key)) {
    adopt(makeCard(key.slice(key.lastIndexOf("/") + 1)), key);
    wall.prepend(cards.get(key));
  }
  return cards.get(key);
}

const nameOf = (card) => card.querySelector(".name").textContent;

function state(card, text, isFailure = false) {
  card.querySelector(".state").textContent = text;
  card.classList.toggle("failed", isFailure);
}

/** Shows the state of a photo that the server sent, and announces a change. */
function show({ key, version, thumbnails, placeholder, failure, alt }, isNews) {
  const card = cardOf(key);
  // Without a version, the photo was in the bucket before the server started.
  const shown = JSON.stringify([version, failure, thumbnails.map((thumbnail) => thumbnail.key)]);
  const isChanged = card.dataset.shown !== shown;
  card.dataset.shown = shown;
  if (failure) {
    if (isChanged) state(card, failure, true);
    if (isChanged && isNews) say(`${nameOf(card)} failed: ${failure}`);
    return;
  }
  // Keep the old picture until there is a new one.
  if (version && thumbnails.length === 0) {
    if (isChanged) state(card, "Waiting for thumbnails");
    return;
  }
  const frame = card.querySelector(".frame");
  let img = frame.querySelector("img");
  if (isChanged) {
    img?.remove();
    img = new Image();
    img.loading = "lazy";
    img.addEventListener("error", () => {
      if (!img.isConnected) return;
      card.dataset.shown = ""; // the next message about the photo tries it again
      state(card, "The picture did not load", true);
    });
    if (placeholder) draw(frame.querySelector("canvas"), placeholder.thumbhash);
    if (version) {
      // The URLs of a version never show another version, so cached pictures are never out of date.
      const url = ({ url, key }) => url ?? `${delivery}/t/${key}`;
      const largest = thumbnails.at(-1);
      [img.width, img.height, img.sizes] = [largest.width, largest.height, "(max-width: 40rem) 100vw, 20rem"];
      img.srcset = thumbnails.map((thumbnail) => `${url(thumbnail)} ${thumbnail.width}w`).join(", ");
      img.src = url(thumbnails[0]);
    } else {
      img.src = current("medium", key);
    }
    frame.href = current("large", key);
    frame.append(img);
    if (!uploads.get(card)?.isActive) {
      state(card, "");
      card.querySelector(".retry").hidden = true;
    }
    if (version && isNews) say(`${nameOf(card)} is on the wall`);
  }
  img.alt = alt ?? `Photo ${nameOf(card)}`;
  // A decorative photo has no text, but its link needs one.
  frame.toggleAttribute("aria-label", alt === "");
  if (alt === "") frame.setAttribute("aria-label", `Open ${nameOf(card)}`);
}

/** Removes a card. If it has the focus, the next one gets it. */
function forget(card) {
  uploads.get(card)?.stop.abort();
  const next = card.nextElementSibling ?? card.previousElementSibling;
  const hasFocus = card.contains(document.activeElement);
  card.remove();
  cards.delete(card.dataset.key);
  if (hasFocus) (next?.querySelector(".name") ?? add).focus();
}

async function erase(card) {
  const { key } = card.dataset;
  uploads.get(card)?.stop.abort();
  try {
    if (key) await call(`photos?${new URLSearchParams({ key })}`, "DELETE");
  } catch ({ message }) {
    state(card, `Not deleted: ${message}`);
    return say(`${nameOf(card)} was not deleted: ${message}`);
  }
  // The server may have sent the removal before its response.
  if (!card.isConnected) return;
  forget(card);
  say(`${nameOf(card)} was deleted`);
}

/** Adds a card for each file, in the order of the files. */
function addFiles(files) {
  const added = [...files].map((file) => ({ card: makeCard(file.name), file }));
  wall.prepend(...added.map(({ card }) => card));
  added.forEach(({ card, file }) => enqueue(card, file));
}

/** Uploads a file as the photo of a card, in place of an earlier upload that has not finished. */
function enqueue(card, file) {
  uploads.get(card)?.stop.abort();
  const upload = { card, file, stop: new AbortController(), isActive: true };
  uploads.set(card, upload);
  waiting.push(upload);
  card.querySelector(".retry").hidden = true;
  state(card, "Waiting to be uploaded");
  work();
}

async function work() {
  if (running === PARALLEL) return;
  running += 1;
  while (waiting.length > 0) await run(waiting.shift());
  running -= 1;
}

async function run(upload) {
  const { card, file, stop: { signal } } = upload;
  if (signal.aborted) return;
  const progress = card.querySelector("progress");
  const { shown } = card.dataset;
  state(card, "Uploading");
  progress.value = 0;
  progress.hidden = false;
  try {
    const form = await sign(file, card.dataset.key, signal);
    signal.throwIfAborted();
    adopt(card, form.key);
    await send(form, file, (part) => { progress.value = part; }, signal);
    // The server may have sent the photo before S3 responded to the upload.
    if (card.querySelector(".state").textContent === "Uploading") {
      state(card, card.dataset.shown === shown ? "Waiting for thumbnails" : "");
    }
  } catch ({ message }) {
    if (signal.aborted) return;
    // If the card already shows a picture, the picture stays visible.
    state(card, `Not uploaded: ${message}`, !card.querySelector("img"));
    card.querySelector(".retry").hidden = false;
    say(`${file.name} was not uploaded: ${message}`);
  } finally {
    upload.isActive = false;
    if (uploads.get(card) === upload) progress.hidden = true;
  }
}

add.addEventListener("change", () => {
  addFiles(add.files);
  add.value = "";
});
// An input takes the files that are dropped on it by itself.
const isOnInput = ({ target }) => target instanceof HTMLInputElement;
document.addEventListener("dragover", (event) => {
  if (!isOnInput(event)) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  if (isOnInput(event)) return;
  event.preventDefault();
  addFiles(event.dataTransfer.files);
});
window.addEventListener("beforeunload", (event) => {
  if (running > 0) event.preventDefault(); // the browser asks
});

/** Receives all photos of the wall, and then each change. Starts again after each reconnection. */
let changes;
let isLost = false;
function follow() {
  changes?.close();
  // Hidden tabs must not use up the six connections that HTTP/1.1 allows. HTTP/2 has no such limit.
  if (document.hidden) return;
  const source = new EventSource("changes");
  changes = source;
  source.addEventListener("wall", ({ data }) => {
    const { photos, delivery: base } = JSON.parse(data);
    delivery = base;
    empty.hidden = false;
    if (isLost) say("The connection is restored");
    isLost = false;
    const keys = new Set(photos.map(({ key }) => key));
    // The server does not know a photo that is still being uploaded.
    [...cards].filter(([key, card]) => "shown" in card.dataset && !keys.has(key)).forEach(([, card]) => forget(card));
    photos.forEach((photo) => show(photo, cards.has(photo.key)));
  });
  source.addEventListener("change", ({ data }) => {
    const { photo, deleted } = JSON.parse(data);
    if (photo) return show(photo, true);
    const card = cards.get(deleted);
    if (!card) return;
    forget(card);
    say(`${nameOf(card)} was deleted`);
  });
  source.addEventListener("error", () => {
    if (!isLost) say("The connection was lost; reconnecting");
    isLost = true;
    // The browser reconnects by itself, except after an error response, for example from a proxy.
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, RECONNECT);
  });
}
document.addEventListener("visibilitychange", follow);
// A connection over a network that is gone may look open.
window.addEventListener("online", follow);
follow();
