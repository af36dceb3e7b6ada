// The wall: a card for each photo, which follows the changes that the server sends.
import { draw } from "./placeholder.js";
import { send, sign } from "./upload.js";

const wall = document.querySelector("#wall");
const cards = new Map(); // by the key of the photo
let delivery; // what the URL of every picture begins with

const say = (text) => { document.querySelector("#news").textContent = text; };
const nameOf = (key) => key.slice(key.lastIndexOf("/") + 1);

/** The URL of the current version of a photo, computed from its key. */
const hex = (char) => "%" + char.charCodeAt(0).toString(16).toUpperCase();
const encode = (key) => key.split("/").map(encodeURIComponent).join("/").replace(/[!'()*]/g, hex)
  .replaceAll("~", "~7E").replaceAll("%", "~");
const current = (preset, key) => `${delivery}/p/${preset}/${encode(key)}`;

/** The card of a photo; a new one is the first on the wall. */
function cardOf(key) {
  if (cards.has(key)) return cards.get(key);
  const card = document.querySelector("#card").content.cloneNode(true).querySelector("li");
  const [name, replacement, remove] = ["name", "actions input", "actions button"].map((part) => card.querySelector(`.${part}`));
  name.textContent = nameOf(key);
  replacement.setAttribute("aria-label", `Replace ${nameOf(key)}`);
  replacement.addEventListener("change", () => upload(replacement, key));
  remove.setAttribute("aria-label", `Delete ${nameOf(key)}`);
  remove.addEventListener("click", () => erase(key));
  card.querySelector("progress").setAttribute("aria-label", `Upload of ${nameOf(key)}`);
  wall.prepend(card);
  cards.set(key, card);
  document.querySelector("#empty").hidden = true;
  return card;
}

function state(card, text, isFailure = false) {
  card.querySelector(".state").textContent = text;
  card.classList.toggle("failed", isFailure);
}

/** Shows what the server knows about a photo. */
function show({ key, version, thumbnails, placeholder, failure, alt }) {
  const card = cardOf(key);
  const frame = card.querySelector(".frame");
  // Without a version, the photo was in the bucket before the server started.
  const shown = [version ?? "", ...thumbnails.map((thumbnail) => thumbnail.key)].join(" ");
  if (card.dataset.version !== shown) {
    frame.querySelector("img")?.remove();
    card.dataset.version = shown;
  }
  if (failure) {
    say(`${nameOf(key)} failed: ${failure}`);
    return state(card, failure, true);
  }
  if (version && thumbnails.length === 0) return state(card, "Waiting for thumbnails");
  let img = frame.querySelector("img");
  if (!img) {
    img = new Image();
    img.addEventListener("error", () => state(card, "This photo has no thumbnails", true));
    if (placeholder) draw(frame.querySelector("canvas"), placeholder.thumbhash);
    if (version) {
      // The addresses of a version never show another one, so no cache is out of date.
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
    if (card.querySelector("progress").hidden) state(card, "");
    if (version) say(`${nameOf(key)} is on the wall`);
  }
  img.alt = alt ?? `Photo ${nameOf(key)}`;
  // A decorative photo has no text, but its link needs one.
  frame.toggleAttribute("aria-label", alt === "");
  if (alt === "") frame.setAttribute("aria-label", `Open ${nameOf(key)}`);
}

function forget(key) {
  cards.get(key)?.remove();
  cards.delete(key);
  document.querySelector("#empty").hidden = cards.size > 0;
}

async function erase(key) {
  try {
    const answer = await fetch(`photos?${new URLSearchParams({ key })}`, { method: "DELETE" });
    if (!answer.ok) throw new Error(await answer.text());
  } catch ({ message }) {
    return say(`${nameOf(key)} was not deleted: ${message}`);
  }
  forget(key);
  say(`${nameOf(key)} was deleted`);
  document.querySelector("#add").focus();
}

/** Uploads the files of an input: new photos, or another version of the photo `key`. */
function upload(input, key) {
  [...input.files].forEach((file) => uploadFile(file, key));
  input.value = "";
}

async function uploadFile(file, key) {
  let card;
  try {
    const form = await sign(file, key);
    card = cardOf(form.key);
    const progress = card.querySelector("progress");
    state(card, "Uploading");
    progress.hidden = false;
    const sent = send(form, file, (part) => { progress.value = part; });
    await sent.finally(() => { progress.hidden = true; });
    if (card.querySelector(".state").textContent === "Uploading") state(card, "Waiting for thumbnails");
  } catch ({ message }) {
    say(`${file.name} was not uploaded: ${message}`);
    // A photo that is there stays visible.
    if (card) state(card, `Not uploaded: ${message}`, !card.querySelector("img"));
  }
}

document.querySelector("#add").addEventListener("change", ({ target }) => upload(target));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  upload(event.dataTransfer);
});

// The browser connects again by itself, and then receives the whole wall.
const changes = new EventSource("changes");
changes.addEventListener("wall", ({ data }) => {
  const { photos, delivery: base } = JSON.parse(data);
  delivery = base;
  const keys = new Set(photos.map(({ key }) => key));
  // The server knows nothing of a photo that is on its way.
  [...cards].filter(([key, card]) => "version" in card.dataset && !keys.has(key)).forEach(([key]) => forget(key));
  photos.forEach(show);
});
changes.addEventListener("change", ({ data }) => {
  const { photo, deleted } = JSON.parse(data);
  if (photo) show(photo);
  else if (cards.has(deleted)) {
    forget(deleted);
    say(`${nameOf(deleted)} was deleted`);
  }
});
