// The search in an export. photos.js, which comes before it, tells of every photo, the newest first: its day, name, alt
// text, page and picture. What they hold is only ever set as text or as an address; nothing is read as HTML.
"use strict";

/** How many photos are shown: who finds more asks for less. */
const MOST = 200;

const asked = new URLSearchParams(location.search);
const fields = { name: document.getElementById("name"), date: document.getElementById("date") };
const grid = document.querySelector(".grid");
const template = document.querySelector("template");
const plain = (text) => text.normalize().toLowerCase();

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
  const name = plain(fields.name.value.trim());
  const date = fields.date.value;
  const found = photos.filter((photo) => (!date || photo[0] === date) && plain(photo[1]).includes(name));
  grid.replaceChildren(...found.slice(0, MOST).map(card));
  const count = found.length === 1 ? "1 photo" : `${found.length.toLocaleString("en")} photos`;
  const cut = found.length > MOST ? `, the newest ${MOST} shown` : "";
  document.getElementById("found").textContent = found.length === 0 ? "No photos found" : count + cut;
}

for (const [name, field] of Object.entries(fields)) {
  field.value = asked.get(name) ?? "";
  field.addEventListener("input", show);
}
show();
