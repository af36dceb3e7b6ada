// The photo wall in a real browser.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

import { LOOKS, address, fits, judged, open, picture, play } from "../../../testkit/browser/browser.mjs";

/** S3 and CloudFront of the emulator. */
const aws = ({ hostname }) => hostname === "127.0.0.1" || hostname.endsWith(".cloudfront.localhost");

/** Whether a request uploads a photo. */
const isUpload = ({ hostname, port }) => hostname === "127.0.0.1" && port !== new URL(address).port;

/** The mean color of samples/coffee.jpg. */
const COFFEE = [159, 86, 52];

/** The alt texts in the picture of the documentation. */
const TEXTS = {
  "chelsea.png": "A ginger tabby cat with whiskers spread wide looks past the camera",
  "coffee.jpg": "A cup of espresso on a saucer with a spoon, seen from above on a wooden table",
  "astronaut.jpg": "Eileen Collins, in her orange launch suit, smiles in front of the flag",
};

const input = createInterface({ input: process.stdin });
const lines = input[Symbol.asyncIterator]();

/** Makes the test run a command of the deployer, or restart the wall. */
async function run(...command) {
  console.log(JSON.stringify(command));
  await lines.next();
}

const card = (page, name) => page.locator("#wall li", { has: page.locator(".name").getByText(name, { exact: true }) });

/** Waits until the picture in a card is loaded, and returns its properties in the browser. */
async function shown(page, name) {
  const img = card(page, name).locator("img");
  await img.waitFor();
  await img.evaluate((element) => element.decode());
  return img.evaluate(({ src, srcset, alt, naturalWidth, naturalHeight }) =>
    ({ src, srcset, alt, ratio: naturalWidth / naturalHeight }));
}

/** Drops a file on an element, as a user does. */
async function drop(page, element, file) {
  await element.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await element.boundingBox();
  const data = { items: [], files: [resolve(file)], dragOperationsMask: 1 };
  const session = await page.context().newCDPSession(page);
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await session.send("Input.dispatchDragEvent", { type, x: x + width / 2, y: y + height / 2, data });
  }
}

/** The name of the focused element. */
const focused = (page) => page.locator(".name:focus").textContent();

/** Makes a page hidden or visible, like its tab. */
const hide = (page, isHidden) => page.evaluate((value) => {
  Object.defineProperty(document, "hidden", { value, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}, isHidden);

const key = (page, name) => card(page, name).locator("a").evaluate(({ href }) =>
  decodeURIComponent(new URL(href).pathname.split("/").slice(3).join("/").replaceAll("~", "%")));

await play({
  async use() {
    const { page, complaints, close } = await open(address, LOOKS.light, aws);
    const news = page.locator("#news");
    await page.getByText("There are no photos yet").waitFor();
    await judged(page, "the empty wall");

    // Upload photos, including one with a name that a URL must encode.
    await page.getByLabel("Add photos").setInputFiles(["coffee.jpg", "astronaut.jpg", "my cup~+%2B😺.jpg"]);
    for (const name of ["coffee.jpg", "my cup~+%2B😺.jpg"]) {
      const { src, srcset, alt, ratio } = await shown(page, name);
      assert.equal(alt, `Photo ${name}`);
      assert.match(src, /\/t\/wall\/[0-9a-f]{16}\/.*\/small\.webp$/);
      assert.match(srcset, /small\.webp 128w, .*\/medium\.webp 512w, .*\/large\.webp 600w$/);
      assert.ok(Math.abs(ratio - 1.5) < 0.02, `${name}: ${ratio}`);
    }
    assert.ok(Math.abs((await shown(page, "astronaut.jpg")).ratio - 1) < 0.02);
    assert.equal(await page.locator("#empty").isVisible(), false);
    // The link shows the current version, at the address that the page computed.
    const href = await card(page, "my cup~+%2B😺.jpg").locator("a").getAttribute("href");
    assert.match(href, /\/p\/large\/wall\/[0-9a-f]{16}\/my~20cup~7E~2B~252B~F0~9F~98~BA\.jpg$/);
    const large = await page.context().newPage();
    assert.equal((await large.goto(href)).status(), 200);
    await large.close();
    // Behind each thumbnail is its placeholder, in the colors of the photo.
    const mean = await card(page, "coffee.jpg").locator("canvas").evaluate((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return [0, 1, 2, 3].map((channel) => data.filter((_, at) => at % 4 === channel)
        .reduce((sum, value) => sum + value, 0) / (data.length / 4));
    });
    COFFEE.forEach((value, at) => assert.ok(Math.abs(mean[at] - value) < 12, `${mean}`));

    // Another version of a photo replaces it.
    const before = await shown(page, "coffee.jpg");
    await page.getByLabel("Replace coffee.jpg").setInputFiles("chelsea.png");
    await page.waitForFunction(([old]) => ![...document.images].some(({ src }) => src === old), [before.src]);
    const after = await shown(page, "coffee.jpg");
    assert.ok(Math.abs(after.ratio - 451 / 300) < 0.02 && after.srcset.includes(" 451w"), JSON.stringify(after));
    assert.equal(await card(page, "coffee.jpg").count(), 1);

    // An alt text replaces the name of the file.
    await run("alt", await key(page, "coffee.jpg"), "--set", "A tabby cat");
    await page.getByAltText("A tabby cat", { exact: true }).waitFor();
    await run("alt", await key(page, "astronaut.jpg"), "--decorative");
    await page.getByRole("link", { name: "Open astronaut.jpg" }).waitFor();

    // The card of a file that is not a photo shows the reason. Uploading a photo in its place fixes it.
    await drop(page, page.getByRole("heading", { name: "Photo wall" }), "text.jpg");
    await card(page, "text.jpg").getByText(/not an image/).waitFor();
    await news.getByText(/^text\.jpg failed: .*not an image/).waitFor();

    for (const [name, look] of Object.entries(LOOKS)) {
      const { page: other, complaints: others, close: closeOther } = await open(address, look, aws);
      for (const photo of ["coffee.jpg", "astronaut.jpg", "my cup~+%2B😺.jpg"]) await shown(other, photo);
      await card(other, "text.jpg").getByText(/not an image/).waitFor();
      // Photos that existed before are not announced.
      assert.equal(await other.locator("#news").textContent(), "");
      await judged(other, name);
      await fits(other, name);
      await picture(other, name, { fullPage: true });
      assert.deepEqual(others, []);
      await closeOther();
    }
    await drop(page, page.getByLabel("Replace text.jpg"), "astronaut.jpg");
    await shown(page, "text.jpg");
    assert.equal(await page.getByText(/not an image/).count(), 0);

    // Delete a photo with the keyboard. Another user deletes another photo.
    await page.getByRole("button", { name: "Delete astronaut.jpg" }).focus();
    await page.keyboard.press("Enter");
    await news.getByText("astronaut.jpg was deleted").waitFor();
    assert.equal(await focused(page), "my cup~+%2B😺.jpg");
    assert.equal(await card(page, "astronaut.jpg").count(), 0);
    await run("rm", await key(page, "text.jpg"));
    await news.getByText("text.jpg was deleted").waitFor();
    assert.equal(await page.locator("#wall li").count(), 2);
    assert.deepEqual(complaints, []);
    await close();
  },

  // Test with more files than are uploaded at a time, failed connections, and more tabs than a browser has connections.
  async busy() {
    const { page, close } = await open(address, LOOKS.light, aws);
    let cut;
    const isCut = new Promise((resolve) => { cut = resolve; });
    await page.route(isUpload, async (route) => {
      await isCut;
      await route.abort();
    });
    const buffer = readFileSync("coffee.jpg");
    const files = [1, 2, 3, 4, 5, 6].map((number) => ({ name: `${number}.jpg`, mimeType: "image/jpeg", buffer }));
    await page.getByLabel("Add photos").setInputFiles(files);
    const bars = page.locator("progress:visible");
    await bars.nth(3).waitFor();
    assert.equal(await bars.count(), 4);
    assert.equal(await page.getByText("Waiting to be uploaded", { exact: true }).count(), 2);
    await judged(page, "uploads");
    cut();
    await page.getByRole("button", { name: /^Retry [1-6]\.jpg$/ }).nth(5).waitFor();
    assert.equal(await page.getByText("Not uploaded: the connection to S3 failed", { exact: true }).count(), 6);
    await judged(page, "failed uploads");
    await page.unroute(isUpload);
    await page.getByRole("button", { name: "Retry 1.jpg" }).focus();
    await page.keyboard.press("Enter");
    assert.equal(await focused(page), "1.jpg");
    await shown(page, "1.jpg");
    await page.getByRole("button", { name: "Delete 2.jpg" }).click();
    await card(page, "2.jpg").waitFor({ state: "detached" });
    await bars.first().waitFor({ state: "hidden" });

    // The browser does not connect again after such a response.
    await page.route("**/changes", (route) => route.fulfill({ status: 502 }), { times: 1 });
    await page.reload();
    await shown(page, "1.jpg");
    assert.equal(await page.locator("#wall li").count(), 3);

    const tabs = [];
    for (let count = 0; count < 6; count += 1) {
      const tab = await page.context().newPage();
      await tab.goto(address);
      await shown(tab, "1.jpg");
      await hide(tab, true);
      tabs.push(tab);
    }
    await page.getByRole("button", { name: "Delete 1.jpg" }).click();
    await card(page, "1.jpg").waitFor({ state: "detached" });
    await hide(tabs[0], false);
    await card(tabs[0], "1.jpg").waitFor({ state: "detached" });
    await close();
  },

  // An upload that makes no progress.
  async stalled() {
    const { page, close } = await open(address, LOOKS.light, aws);
    await page.clock.install();
    let send;
    const isSent = new Promise((resolve) => { send = resolve; });
    await page.route(isUpload, () => send());
    const buffer = readFileSync("coffee.jpg");
    await page.getByLabel("Add photos").setInputFiles({ name: "slow.jpg", mimeType: "image/jpeg", buffer });
    await isSent;
    await page.clock.fastForward(60_000);
    await card(page, "slow.jpg").getByText("Not uploaded: the upload has stalled", { exact: true }).waitFor();
    await page.locator("#news").getByText("slow.jpg was not uploaded: the upload has stalled").waitFor();
    await page.unroute(isUpload);
    await page.getByRole("button", { name: "Retry slow.jpg" }).click();
    await shown(page, "slow.jpg");
    await page.getByRole("button", { name: "Delete slow.jpg" }).click();
    await card(page, "slow.jpg").waitFor({ state: "detached" });

    // A picture that did not load is loaded again when the page connects again.
    const isPicture = ({ hostname }) => hostname.endsWith(".cloudfront.localhost");
    await page.route(isPicture, (route) => route.abort());
    await page.reload();
    const failed = page.getByText("The picture did not load", { exact: true });
    await failed.nth(1).waitFor();
    await page.unroute(isPicture);
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    for (const name of ["coffee.jpg", "my cup~+%2B😺.jpg"]) await shown(page, name);
    assert.equal(await failed.count(), 0);
    await close();
  },

  // Photos that existed before the server started have URLs that the page computes.
  async again() {
    const { page, complaints, close } = await open(address, LOOKS.light, aws);
    for (const name of ["coffee.jpg", "my cup~+%2B😺.jpg"]) {
      const { src, ratio } = await shown(page, name);
      assert.match(src, /\/p\/medium\/wall\//);
      assert.ok(Math.abs(ratio - 1.5) < 0.02, `${name}: ${ratio}`);
    }
    assert.equal(await page.locator("#wall li").count(), 2);
    // Setting an alt text changes nothing else.
    await run("alt", await key(page, "coffee.jpg"), "--set", "A striped cat");
    await page.getByAltText("A striped cat", { exact: true }).waitFor();
    assert.match((await shown(page, "coffee.jpg")).src, /\/p\/medium\/wall\//);
    assert.deepEqual(complaints, []);

    // An open page follows the next run of the server.
    await run("restart");
    await page.locator("#news").getByText("The connection is restored").waitFor();
    await run("alt", await key(page, "coffee.jpg"), "--set", "The same cat");
    await page.getByAltText("The same cat", { exact: true }).waitFor();
    await close();
  },

  // docs/photo-wall.png, which docs/pictures/photo-wall.py draws.
  async picture() {
    const { page, close } = await open(address, { ...LOOKS.light, viewport: { width: 1280, height: 520 } }, aws);
    for (const name of ["text.jpg", "chelsea.png", "coffee.jpg", "astronaut.jpg"]) {
      await page.getByLabel("Add photos").setInputFiles(name);
      await card(page, name).locator(name === "text.jpg" ? ".state" : "img").waitFor();
    }
    await card(page, "text.jpg").getByText(/not an image/).waitFor();
    for (const [name, text] of Object.entries(TEXTS)) {
      await shown(page, name);
      await run("alt", await key(page, name), "--set", text);
      await page.getByAltText(text, { exact: true }).waitFor();
    }
    await picture(page, "photo-wall");
    await close();
  },
});
// Otherwise Node.js would wait for more input.
input.close();
