// The script of the gallery. It loads more photos on scrolling, shows new photos and states, removes deleted photos, and
// submits forms without a new page. Every link and form also works without it. It inserts only HTML that the server has
// built and escaped.
"use strict";

const PART = { headers: { "x-part": "yes" }, credentials: "omit" };
/** The interval between two polls, in ms, while a state may change and otherwise. */
const SHORT_INTERVAL = 1500;
const LONG_INTERVAL = 6000;
/** The maximum number of cards outside the newest page that one poll requests. */
const MAX_CARDS = 12;
/** The number of cards above which an update begins with the newest page again, so that a page does not grow forever. */
const LONG_PAGE = 2000;

const main = document.querySelector("main");
const news = document.getElementById("news");

/** Parses HTML of the server. Scripts in it do not run. */
function parse(html) {
  return new DOMParser().parseFromString(html, "text/html").body;
}

async function get(address) {
  const answer = await fetch(address, PART);
  const text = await answer.text();
  if (!answer.ok) throw Object.assign(new Error(text || "no response from the server"), { status: answer.status });
  return parse(text);
}

function announce(text) {
  news.textContent = text;
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => { news.textContent = ""; }, 5000);
}

/** Hides the placeholder behind each loaded picture, which may be transparent. Loads a picture from the server if this
 * browser cannot load it from the distribution. */
function watchPictures(container) {
  for (const picture of container.querySelectorAll("img.picture")) {
    const ready = () => picture.parentElement.classList.add("ready");
    const loadFromServer = () => {
      const { fallback } = picture.dataset;
      if (!fallback) return;
      picture.removeAttribute("data-fallback");
      picture.removeAttribute("srcset");
      picture.src = fallback;
    };
    if (picture.complete && picture.naturalWidth > 0) {
      ready();
      continue;
    }
    picture.addEventListener("load", ready, { once: true });
    picture.addEventListener("error", loadFromServer, { once: true });
    // This picture failed before this script ran: a picture that has not begun to load has no current source.
    if (picture.complete && picture.currentSrc) loadFromServer();
  }
}

/** Replaces the card with the same ID, unless the user is editing it. */
function replaceCard(card) {
  const old = document.getElementById(card.id);
  if (old.dataset.stamp === card.dataset.stamp || old.querySelector("details[open]")) return false;
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(card);
  watchPictures(card);
  if (hadFocus) card.querySelector("a, summary, button")?.focus();
  return true;
}

/** Removes a card, and its day if the day has no other card. */
function removeCard(card) {
  const section = card.closest("section.day");
  card.remove();
  if (!section.querySelector(".card")) section.remove();
}

// Load more photos on scrolling.

const scrollObserver = new IntersectionObserver((entries) => {
  if (entries.some((entry) => entry.isIntersecting)) loadMore();
}, { rootMargin: "1500px" });

async function loadMore() {
  const nav = main.querySelector(".more");
  if (!nav || nav.classList.contains("busy")) return;
  nav.classList.add("busy");
  scrollObserver.disconnect();
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
    observeMoreLink();
  } catch (error) {
    // The link still works.
    nav.classList.remove("busy");
    announce(error.message);
  }
}

function observeMoreLink() {
  const nav = main.querySelector(".more");
  if (nav) scrollObserver.observe(nav);
}

// Show new photos, and new states of the photos on the page.

/** Loads the page again, unless the user is editing a text. */
function reload() {
  if (!main.querySelector("details[open]")) location.reload();
}

/** Merges the newest photos into the page, and returns the number of new ones. */
function merge(page) {
  const cards = [...page.querySelectorAll(".card")];
  const hasGap = main.querySelector(".card") && !cards.some((card) => document.getElementById(card.id));
  if (hasGap) {
    // More photos arrived than one page shows, so the photos in between are missing. Or all photos were deleted.
    reload();
    return 0;
  }
  // A photo that was overwritten has a new ID, and can be on another day.
  const place = (card) => card.id + card.closest("section.day").dataset.day;
  const places = new Map(cards.map((card) => [card.dataset.key, place(card)]));
  for (const old of main.querySelectorAll(".card")) {
    const now = places.get(old.dataset.key);
    if (now && now !== place(old) && !old.querySelector("details[open]")) removeCard(old);
  }
  let fresh = 0;
  const sections = [...page.querySelectorAll("section.day")];
  let below = main.querySelector("section.day, .empty-message, .more");
  if (below?.matches(".empty-message")) {
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
        replaceCard(card);
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

/** Requests each card whose ID is not in `known`, the newest photos, although its state may change or it is above the
 * last of them. Removes it if the photo was deleted. `isWhole` means that there are no other photos. */
async function updateOthers(known, isWhole) {
  const cards = [...main.querySelectorAll(".card")];
  const end = isWhole ? cards.length : cards.findLastIndex((card) => known.has(card.id));
  const others = cards.filter((card, at) => !known.has(card.id) && (at < end || card.matches("[data-moving]")));
  for (const card of others.slice(0, MAX_CARDS)) {
    try {
      const now = (await get("card?key=" + encodeURIComponent(card.dataset.key))).querySelector(".card");
      if (now.id === card.id) replaceCard(now);
      else if (document.getElementById(now.id)) removeCard(card);
    } catch (error) {
      if (error.status === 404) removeCard(card);
    }
  }
}

async function poll() {
  let wait = LONG_INTERVAL;
  if (document.visibilityState === "visible") {
    try {
      let known = new Set();
      let isWhole = false;
      if (document.body.hasAttribute("data-live")) {
        const page = await get("photos");
        isWhole = !page.querySelector(".more");
        known = new Set([...page.querySelectorAll(".card")].map((card) => card.id));
        const fresh = merge(page);
        if (fresh > 0) {
          announce(fresh === 1 ? "1 new photo" : `${fresh} new photos`);
          wait = SHORT_INTERVAL;
          // Not while the user looks at older photos.
          if (main.querySelectorAll(".card").length > LONG_PAGE && scrollY < innerHeight) reload();
        }
      }
      await updateOthers(known, isWhole);
      if (main.querySelector(".card[data-moving]")) wait = SHORT_INTERVAL;
    } catch {
      // The server may have stopped, or AWS may be unreachable. The next poll tries again.
    }
  }
  setTimeout(poll, wait);
}

// Submit forms without a new page.

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
    if (!answer.ok) throw new Error(text || "no response from the server");
    const now = parse(text).querySelector(".card");
    card.replaceWith(now);
    watchPictures(now);
    now.querySelector("summary, a, button")?.focus();
    announce(form.matches(".replay") ? "Sent again" : "Saved");
  } catch (problem) {
    button.disabled = false;
    error.textContent = problem.message;
    error.hidden = false;
  }
});

// The arrow keys move from photo to photo; Escape closes a form.

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
observeMoreLink();
setTimeout(poll, SHORT_INTERVAL);
