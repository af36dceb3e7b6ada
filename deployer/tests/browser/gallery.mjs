// The gallery in a real browser.
import assert from "node:assert/strict";
import { createInterface } from "node:readline";

import { LOOKS, address, fits, judged, open, picture, play } from "../../../testkit/browser/browser.mjs";

/** Waits until every visible picture is loaded. */
const loaded = (page) => page.waitForFunction(() => [...document.querySelectorAll("img.picture")]
  .filter((img) => img.getBoundingClientRect().top < innerHeight)
  .every((img) => img.complete && img.naturalWidth > 0));

await play({
  // Checks the list and the page of a photo with axe, in all appearances.
  async look() {
    for (const [name, options] of Object.entries(LOOKS)) {
      const { page, complaints, close } = await open(address, options);
      if (await page.locator(".card").count() > 0) {
        await loaded(page);
        await page.locator("details.edit summary").last().click();
      }
      await judged(page, `the list, ${name}`);
      await fits(page, `the list, ${name}`);
      await picture(page, `list-${name}`, { fullPage: true });
      const keys = await page.evaluate(() => ["done", "failed", "in-flight"].map((state) =>
        [state, document.querySelector(`.card[data-state=${state}]`)?.dataset.key]));
      for (const [state, key] of keys.filter(([, key]) => key)) {
        await page.goto(`${address}photo?key=${encodeURIComponent(key)}`);
        await page.waitForLoadState("load");
        await judged(page, `the page of a photo that is ${state}, ${name}`);
        await fits(page, `the page of a photo, ${name}`);
        await picture(page, `photo-${state}-${name}`, { fullPage: true });
      }
      assert.deepEqual(complaints, []);
      await close();
    }
  },

  // Corrects an alt text, replays a photo, searches, and uses the keyboard.
  async use() {
    const { page, complaints, close } = await open(address);
    await loaded(page);
    const plain = page.locator(".card", { has: page.getByText("plain.jpg", { exact: true }) }).first();
    assert.equal(await plain.locator("img.picture").getAttribute("alt"), "A hill under the sky");
    assert.match(await plain.locator("img.picture").getAttribute("srcset"), /128w, .*512w$/);
    await plain.getByText("Edit alt text").click();
    await plain.getByLabel("Alt text").fill("<b>Chelsea</b> \"&\" the hill");
    await plain.getByRole("button", { name: "Save" }).click();
    await plain.getByText("by a person").waitFor();
    assert.equal(await plain.locator("img.picture").getAttribute("alt"), "<b>Chelsea</b> \"&\" the hill");
    // The form refuses an empty text, and shows the reason.
    await plain.getByText("Edit alt text").click();
    await plain.getByLabel("Alt text").fill(" ");
    await plain.getByRole("button", { name: "Save" }).click();
    await plain.getByRole("alert").getByText("it is empty").waitFor();
    await plain.getByLabel("Alt text").press("Escape");
    assert.equal(await plain.locator("details[open]").count(), 0);

    const failed = page.locator(".card[data-state=failed]").first();
    const id = await failed.getAttribute("id");
    await failed.getByRole("button", { name: "Try again" }).click();
    await page.locator(`#${id}[data-state=in-flight]`).waitFor();

    await page.locator("a.frame").first().focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.evaluate(() => [...document.querySelectorAll("a.frame")].indexOf(document.activeElement)), 1);
    await page.keyboard.press("ArrowDown");
    assert.ok(await page.evaluate(() => [...document.querySelectorAll("a.frame")].indexOf(document.activeElement)) > 1);
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Alt text" }).waitFor();
    assert.ok(page.url().includes("photo?key="));
    await page.getByRole("link", { name: "All photos" }).click();

    await page.getByRole("searchbox").fill("PLA");
    await page.getByRole("searchbox").press("Enter");
    await page.getByRole("heading", { name: "Photos named “PLA”" }).waitFor();
    assert.equal(await page.locator(".card").count(), 1);
    await page.getByRole("searchbox").fill("nothing-like-it");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByText("No photos found").waitFor();
    await page.getByRole("link", { name: "Show all photos" }).click();
    await page.getByLabel("Day of the upload").fill("2026-11-23");
    await page.getByRole("button", { name: "Search" }).click();
    await page.locator("section.day").first().waitFor();
    assert.equal(await page.locator("section.day").first().getAttribute("data-day"), "2026-11-23");
    assert.deepEqual(complaints.filter((said) => !said.includes("400 (Bad Request)")), []);
    await close();
  },

  // Corrects an alt text without scripts.
  async plain() {
    const { page, complaints, close } = await open(address, { ...LOOKS.light, javaScriptEnabled: false });
    const card = page.locator(".card", { has: page.getByText("plain.jpg", { exact: true }) }).first();
    await card.locator("summary").click();
    await card.locator("textarea").fill("Written without a script");
    await card.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "Alt text" }).waitFor();
    assert.match(await page.locator(".texts").innerText(), /Written without a script/);
    assert.deepEqual(complaints, []);
    await close();
  },

  // Opens the list of all photos, and scrolls to its end.
  async many() {
    const { page, complaints, close } = await open(address);
    await loaded(page);
    const paint = await page.evaluate(() => performance.getEntriesByType("paint").map(({ name, startTime }) => [name, Math.round(startTime)]));
    const [answer, done] = await page.evaluate(() => {
      const { responseStart, domComplete } = performance.getEntriesByType("navigation")[0];
      return [responseStart, domComplete].map(Math.round);
    });
    console.log(JSON.stringify({ answer, ...Object.fromEntries(paint), "whole page": done }));
    const first = await page.locator(".card").count();
    const times = () => page.evaluate(() => [...document.querySelectorAll("section.day")].map((day) => day.dataset.day));
    let pages = 1;
    for (; pages < 4 && await page.locator("nav.more").count() > 0; pages += 1) {
      const before = await page.locator(".card").count();
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
      await page.waitForFunction((count) => document.querySelectorAll(".card").length > count, before);
    }
    const ids = await page.evaluate(() => [...document.querySelectorAll(".card")].map((card) => card.id));
    assert.ok(ids.length >= first + 40 * (pages - 1) && new Set(ids).size === ids.length, `${ids.length} cards`);
    const days = (await times()).filter(Boolean);
    assert.deepEqual(days, [...days].sort().reverse());
    assert.deepEqual(complaints, []);
    await picture(page, "many");
    await close();
  },

  // Waits until the list has updated itself.
  async update() {
    const { page, complaints, close } = await open(address);
    await page.getByRole("heading", { name: "Photos outside the day folders" }).waitFor();
    // The second request follows the end of the first update.
    for (let count = 0; count < 2; count += 1) await page.waitForResponse(`${address}photos`);
    const ids = await page.locator(".card").evaluateAll((cards) => cards.map(({ id }) => id));
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(await page.locator("#news").textContent(), "");

    // A page that has become long begins again with the newest photos.
    await page.evaluate(() => {
      globalThis.stayed = true;
      const card = document.querySelector(".card");
      for (let count = 0; count < 2000; count += 1) {
        const copy = Object.assign(card.cloneNode(true), { id: `copy-${count}` });
        copy.dataset.key = copy.id;
        card.parentElement.append(copy);
      }
    });
    await page.route(`${address}photos`, async (route) => {
      const html = await (await route.fetch()).text();
      await route.fulfill({ contentType: "text/html", body: html.replace(' id="', ' id="new-') });
    }, { times: 1 });
    await page.waitForFunction(() => !globalThis.stayed);
    await page.locator(".card").first().waitFor();
    assert.ok(await page.locator(".card").count() < 2000);
    assert.deepEqual(complaints, []);
    await close();
  },

  // Opens the files of an export.
  async files() {
    const { page, complaints, close } = await open(address);
    await loaded(page);
    await judged(page, "the export");
    await picture(page, "export");
    await page.locator("a.frame").first().click();
    await page.getByRole("heading", { name: "Alt text" }).waitFor();
    await loaded(page);
    assert.equal(await page.locator("script").count(), 0);
    await judged(page, "a photo in the export");

    await page.getByRole("searchbox").fill("LAIN.J");
    await page.getByRole("searchbox").press("Enter");
    await page.getByRole("heading", { name: "1 photo" }).waitFor();
    await loaded(page);
    assert.equal(await page.locator(".card .name").innerText(), "plain.jpg");
    assert.equal(await page.locator("img.picture").getAttribute("alt"), "A hill under the sky");
    await judged(page, "a search in the export");
    await fits(page, "a search in the export");
    await page.getByRole("searchbox").fill("");
    await page.waitForFunction(() => document.querySelectorAll(".card").length > 1);
    await loaded(page);
    await picture(page, "export-search");
    const days = await page.locator(".card time").allInnerTexts();
    await page.getByLabel("Day of the upload").fill(days.at(-1));
    await page.getByRole("heading", { name: new RegExp(`^${days.filter((day) => day === days.at(-1)).length} photo`) }).waitFor();
    await page.getByRole("searchbox").fill("nothing-like-it");
    await page.getByRole("heading", { name: "No photos found" }).waitFor();
    await page.getByLabel("Day of the upload").fill("");
    await page.getByRole("searchbox").fill("plain.jpg");
    await page.locator("a.frame").click();
    await page.getByRole("heading", { name: "Alt text" }).waitFor();
    assert.deepEqual(complaints, []);
    await close();
  },

  // Waits for the thumbnails of each photo that a line of the standard input names, without a reload. The pictures come
  // from the distribution of the stack.
  async live() {
    const isDistribution = ({ hostname }) => hostname.endsWith(".cloudfront.localhost");
    const { page, complaints, close } = await open(address, LOOKS.light, isDistribution);
    const sources = () => page.locator("img.picture")
      .evaluateAll((pictures) => pictures.map(({ currentSrc }) => currentSrc));
    await page.getByText("No photos yet").waitFor();
    await page.evaluate(() => { globalThis.stayed = true; });
    console.log("ready");
    for await (const name of createInterface({ input: process.stdin })) {
      await page.locator(".card[data-state=done]", { has: page.getByText(name, { exact: true }) }).waitFor({ timeout: 60_000 });
      assert.equal(await page.evaluate(() => globalThis.stayed), true);
      console.log(`seen ${name}`);
    }
    await loaded(page);
    await picture(page, "live");
    const delivered = await sources();
    assert.ok(delivered.length === 2 && delivered.every((source) => isDistribution(new URL(source))), `${delivered}`);
    assert.deepEqual(complaints, []);
    // If the browser cannot load them from there, the server sends them.
    await page.route(isDistribution, (route) => route.abort());
    await page.reload();
    await loaded(page);
    const sent = await sources();
    assert.ok(sent.length === 2 && sent.every((source) => source.startsWith(`${address}thumbnail?`)), `${sent}`);
    assert.deepEqual(complaints.filter((said) => !said.includes("net::ERR_FAILED")), []);
    await close();
  },

  // Waits until each photo that a line of the standard input names is on the newest day, and only there.
  async moves() {
    const { page, complaints, close } = await open(address);
    await page.locator(".card").first().waitFor();
    console.log("ready");
    for await (const name of createInterface({ input: process.stdin })) {
      const newest = page.locator("section.day").first();
      await newest.locator(".card", { has: page.getByText(name, { exact: true }) }).waitFor({ timeout: 60_000 });
      console.log(`seen ${name}`);
    }
    const ids = await page.locator(".card").evaluateAll((cards) => cards.map(({ id }) => id));
    assert.deepEqual([ids.length, new Set(ids).size], [3, 3]);
    assert.deepEqual(complaints, []);
    await close();
  },

  // Waits until each photo that a line of the standard input names has disappeared, without a reload.
  async removals() {
    const { page, complaints, close } = await open(address);
    await page.locator(".card").first().waitFor();
    await page.evaluate(() => { globalThis.stayed = true; });
    console.log("ready");
    for await (const name of createInterface({ input: process.stdin })) {
      const card = page.locator(".card", { has: page.getByText(name, { exact: true }) });
      await card.waitFor({ state: "detached", timeout: 60_000 });
      console.log(`seen ${name}`);
    }
    assert.equal(await page.evaluate(() => globalThis.stayed), true);
    assert.deepEqual([await page.locator(".card").count(), await page.locator("section.day").count()], [2, 1]);
    // The browser reports that the server has no card of a deleted photo.
    assert.deepEqual(complaints.filter((said) => !said.includes("404 (Not Found)")), []);
    await close();
  },
});
