// The search in an export. photos.js, which the page loads first, lists all photos, the newest first: day, name, alt
// text, page, and picture. The script uses these values only as text or as URLs, never as HTML.
"use strict";

/** The maximum number of photos that are shown. */
const MAX_SHOWN = 200;

const query = new URLSearchParams(location.search);
const fields = { name: document.getElementById("name"), date: document.getElementById("date") };
const grid = document.querySelector(".grid");
const template = document.querySelector("template");
const normalize = (text) => text.normalize().toLowerCase();

function card([day, name, alt, page, picture]) {
  const copy = template.content.cloneNode(true);
  const link = copy.querySelector("a");
  link.href = page;
  if (!alt) link.setAttribute("aria-label", `Open ${name}`);
  const image = copy.querySelector("img");
  image.src = picture;
  image.alt = alt;
  copy.querySelector(".name bdi").textContent = name;
  if (alt) copy.querySelector(".alt-text bdi").textContent = alt;
  else copy.querySelector(".alt-text").remove();
  const time = copy.querySelector("time");
  time.dateTime = day;
  time.textContent = day;
  return copy;
}

function show() {
  const name = normalize(fields.name.value.trim());
  const date = fields.date.value;
  const found = photos.filter((photo) => (!date || photo[0] === date) && normalize(photo[1]).includes(name));
  grid.replaceChildren(...found.slice(0, MAX_SHOWN).map(card));
  const count = found.length === 1 ? "1 photo" : `${found.length.toLocaleString("en")} photos`;
  const cut = found.length > MAX_SHOWN ? `, the newest ${MAX_SHOWN} shown` : "";
  document.getElementById("found").textContent = found.length === 0 ? "No photos found" : count + cut;
}

for (const [name, field] of Object.entries(fields)) {
  field.value = query.get(name) ?? "";
  field.addEventListener("input", show);
}
show();
