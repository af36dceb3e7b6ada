// Controls a real browser for the scenarios of the tests: `node SCRIPT SCENARIO ADDRESS FOLDER`. A script exits with 0
// if all checks succeed, and saves screenshots to FOLDER.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { chromium } from "playwright-core";

export const [scenario, address, folder] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
export const LOOKS = {
  light: { viewport: { width: 1280, height: 860 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 860 }, colorScheme: "dark" },
  phone: { ...PHONE, colorScheme: "light" },
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic"],
});

/** Runs the scenario that the command line names, one of `scenarios`. */
export async function play(scenarios) {
  try {
    await scenarios[scenario]();
  } finally {
    await browser.close();
  }
}

/** Opens a page, and collects its complaints: scripts that the policy forbids, requests to hosts that are not in `others`,
 * and errors. */
export async function open(where, options = LOOKS.light, others = () => false) {
  const context = await browser.newContext({ ...options, serviceWorkers: "block" });
  const page = await context.newPage();
  const complaints = [];
  const own = where.startsWith("file:") ? "file:" : new URL(where).origin;
  page.on("request", (request) => {
    const to = request.url();
    if (!to.startsWith(own) && !to.startsWith("data:") && !others(new URL(to))) complaints.push(`asked ${to}`);
  });
  page.on("dialog", (dialog) => { complaints.push(`said ${dialog.message()}`); dialog.dismiss(); });
  page.on("pageerror", (error) => complaints.push(`failed: ${error}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective}`));
  });
  await page.goto(where);
  await page.waitForLoadState("load");
  return { page, complaints, close: () => context.close() };
}

/** Fails if axe finds a violation on `page`. */
export async function judged(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"], preload: false }));
  const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
  assert.deepEqual(said, [], `axe on ${name}`);
}

export const picture = (page, name, options) => page.screenshot({ path: `${folder}/${name}.png`, ...options });

/** No page is wider than its window, whatever the names in it. */
export async function fits(page, name) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name} is ${wide} pixels too wide`);
}
