// The gallery's script: more photos as one scrolls, news as it comes, corrections in place. Without it every link and
// form still works. What it puts into the page the server has made and escaped; it builds no HTML of its own.
"use strict";

const PART = { headers: { "x-part": "yes" }, credentials: "omit" };
/** How long to wait between looking for news, in ms: while something moves, and while nothing does. */
const SOON = 1500;
const LATER = 6000;
/** How many cards outside of the newest are asked for at a time. */
const MOST_ASKED = 12;

const main = document.querySelector("main");
const news = document.getElementById("news");

/** The elements of HTML that the server has sent; nothing in it runs. */
function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").body;
}

async function get(address) {
  const answer = await fetch(address, PART);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text || "no answer");
  return parsed(text);
}

function tell(text) {
  news.textContent = text;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { news.textContent = ""; }, 5000);
}

/** Hides the placeholder behind each picture that is there: it would shine through. */
function watchPictures(where) {
  for (const picture of where.querySelectorAll("img.picture")) {
    const ready = () => picture.parentElement.classList.add("ready");
    if (picture.complete && picture.naturalWidth > 0) ready();
    else picture.addEventListener("load", ready, { once: true });
  }
}

/** Puts `card` into the place of the one with the same id, unless somebody is at work there. */
function replaced(card) {
  const old = document.getElementById(card.id);
  if (old.dataset.stamp === card.dataset.stamp || old.querySelector("details[open]")) return false;
  const had = old.contains(document.activeElement);
  old.replaceWith(card);
  watchPictures(card);
  if (had) card.querySelector("a, summary, button")?.focus();
  return true;
}

// More photos as one scrolls.

const near = new IntersectionObserver((entries) => {
  if (entries.some((entry) => entry.isIntersecting)) more();
}, { rootMargin: "1500px" });

async function more() {
  const nav = main.querySelector(".more");
  if (!nav || nav.classList.contains("busy")) return;
  nav.classList.add("busy");
  near.disconnect();
  try {
    const page = await get("photos" + new URL(nav.querySelector("a").href).search);
    for (const section of [...page.children]) {
      const last = [...main.querySelectorAll("section.day")].at(-1);
      watchPictures(section);
      if (section.matches("section.day") && last && last.dataset.day === section.dataset.day) {
        last.querySelector(".grid").append(...section.querySelector(".grid").children);
      } else {
        nav.before(section);
      }
    }
    nav.remove();
    look();
  } catch (error) {
    // The link is still there to be followed.
    nav.classList.remove("busy");
    tell(error.message);
  }
}

function look() {
  const nav = main.querySelector(".more");
  if (nav) near.observe(nav);
}

// News: photos that have come, and what has become of those that are here.

/** Puts the newest photos into the page; gives how many are new. */
function merge(page) {
  const cards = [...page.querySelectorAll(".card")];
  const isApart = main.querySelector(".card") && !cards.some((card) => document.getElementById(card.id));
  if (cards.length > 0 && isApart) {
    // More have come at once than one look tells of: those between are missing here.
    if (!main.querySelector("details[open]")) location.reload();
    return 0;
  }
  let fresh = 0;
  const sections = [...page.querySelectorAll("section.day")];
  let below = main.querySelector("section.day, .nothing, .more");
  if (below?.matches(".nothing")) {
    if (sections.length === 0) return 0;
    below.remove();
    below = null;
  }
  for (const section of sections) {
    const grid = main.querySelector(`section.day[data-day="${section.dataset.day}"] .grid`);
    if (!grid) {
      const first = section.querySelectorAll(".card");
      first.forEach((card) => card.classList.add("new"));
      fresh += first.length;
      watchPictures(section);
      const older = [...main.querySelectorAll("section.day")].find((other) => other.dataset.day < section.dataset.day);
      main.insertBefore(section, older ?? main.querySelector(".more"));
      continue;
    }
    let next = null;
    for (const card of [...section.querySelectorAll(".card")].reverse()) {
      if (document.getElementById(card.id)) {
        replaced(card);
      } else {
        card.classList.add("new");
        grid.insertBefore(card, next);
        watchPictures(card);
        fresh += 1;
      }
      next = document.getElementById(card.id);
    }
  }
  return fresh;
}

/** Asks for each of the cards that move and were not among `known`. */
async function follow(known) {
  const moving = [...main.querySelectorAll(".card[data-moving]")].filter((card) => !known.has(card.id));
  for (const card of moving.slice(0, MOST_ASKED)) {
    const answer = await get("card?key=" + encodeURIComponent(card.dataset.key)).catch(() => null);
    const now = answer?.querySelector(".card");
    if (now && document.getElementById(now.id)) replaced(now);
  }
}

async function poll() {
  let wait = LATER;
  if (document.visibilityState === "visible") {
    try {
      let known = new Set();
      if (document.body.hasAttribute("data-live")) {
        const page = await get("photos");
        known = new Set([...page.querySelectorAll(".card")].map((card) => card.id));
        const fresh = merge(page);
        if (fresh > 0) tell(fresh === 1 ? "1 new photo" : `${fresh} new photos`);
        if (fresh > 0) wait = SOON;
      }
      await follow(known);
      if (main.querySelector(".card[data-moving]")) wait = SOON;
    } catch {
      // The server may be gone, or AWS out of reach: the next look will tell.
    }
  }
  setTimeout(poll, wait);
}

// Corrections and replays in place.

main.addEventListener("submit", async (event) => {
  const form = event.target;
  const card = form.closest(".card");
  if (form.method !== "post" || !card) return;
  event.preventDefault();
  const button = form.querySelector("button");
  const error = form.querySelector(".error");
  button.disabled = true;
  error.hidden = true;
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { ...PART, method: "POST", body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text || "no answer");
    const now = parsed(text).querySelector(".card");
    card.replaceWith(now);
    watchPictures(now);
    now.querySelector("summary, a, button")?.focus();
    tell(form.matches(".replay") ? "Sent again" : "Saved");
  } catch (problem) {
    button.disabled = false;
    error.textContent = problem.message;
    error.hidden = false;
  }
});

// The arrow keys go from photo to photo; Escape folds a form up.

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const open = event.target.closest?.("details.edit[open]");
  if (event.key === "Escape" && open) {
    open.open = false;
    open.querySelector("summary").focus();
    return;
  }
  const link = event.target.closest?.("a.frame");
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: "down", ArrowUp: "up", Home: "first", End: "last" }[event.key];
  if (!link || !step) return;
  const links = [...main.querySelectorAll("a.frame")];
  const to = target(links, links.indexOf(link), step);
  if (!to) return;
  event.preventDefault();
  to.focus();
  to.scrollIntoView({ block: "nearest" });
});

function target(links, at, step) {
  if (step === "first") return links[0];
  if (step === "last") return links.at(-1);
  if (typeof step === "number") return links[at + step];
  const here = links[at].getBoundingClientRect();
  const rows = step === "down" ? links.slice(at + 1) : links.slice(0, at).reverse();
  const other = rows.find((link) => Math.abs(link.getBoundingClientRect().top - here.top) > 10);
  if (!other) return undefined;
  const top = other.getBoundingClientRect().top;
  const row = links.filter((link) => Math.abs(link.getBoundingClientRect().top - top) <= 10);
  const distance = (link) => Math.abs(link.getBoundingClientRect().left - here.left);
  return row.reduce((best, link) => (distance(link) < distance(best) ? link : best));
}

watchPictures(document);
look();
setTimeout(poll, SOON);
