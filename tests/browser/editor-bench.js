// A Chromium on the editor's page, with a watch on it.
//
// Owns opening windows on the mock server and the rules that hold in every one: no script error, no
// breach of the policy, no request elsewhere, nothing of a text that runs. Knows no single feature.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { MockServer } from "./editor-server.js";

export class Bench {
  static async open() {
    const bench = new Bench();
    bench.server = await MockServer.open();
    bench.browser = await chromium.launch({
      executablePath: process.env.FANFOLD_CHROMIUM ?? "/usr/bin/chromium",
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
    return bench;
  }

  async close() {
    await this.browser?.close();
    await this.server?.close();
  }

  /** Opens the editor's page in a window (of `context`, so that storage lasts) and looks. */
  async visit(options, look) {
    const { context: given, ...window } = options;
    const context = given ?? (await this.context(window));
    const page = await context.newPage();
    const faults = this.#watch(page);
    try {
      await page.goto(`${this.server.origin}/edit`);
      const result = await look(page);
      assert.deepEqual(faults, []);
      return result;
    } finally {
      // A browser that is leaving a page may take half a minute to let go of it.
      const closed = given ? page.close() : context.close();
      await Promise.race([closed.catch(() => {}), new Promise((done) => setTimeout(done, 5000).unref())]);
    }
  }

  context(window = {}) {
    return this.browser.newContext({ viewport: { width: 1280, height: 800 }, ...window });
  }

  #watch(page) {
    const faults = [];
    page.on("pageerror", (error) => faults.push(`script error: ${error.stack}`));
    page.on("dialog", (dialog) => {
      if (dialog.type() !== "beforeunload") faults.push(`a script ran: ${dialog.message()}`);
      dialog.accept().catch(() => {});
    });
    page.on("console", (message) => {
      const away = /ERR_EMPTY_RESPONSE|ERR_CONNECTION|Failed to load resource/.test(message.text());
      if (["error", "warning"].includes(message.type()) && !away) faults.push(message.text());
    });
    page.on("request", (request) => {
      const inside = request.url().startsWith(`${this.server.origin}/`) || request.url().startsWith("data:");
      if (!inside) faults.push(`request elsewhere: ${request.url()}`);
    });
    return faults;
  }
}

export const text = (page) => page.locator(".ed-text .ProseMirror");
export const state = (page) => page.locator(".ed-state");

/** Waits until the state line says so. */
export const says = (page, words) => state(page).filter({ hasText: words }).waitFor();

/** The HTML of a field as it would be sent. */
export const html = (page, name = "text") =>
  page.evaluate((name) => document.querySelector("form.editor").fanfoldEditor.fields.get(name).html(), name);

/** Puts another text into a field. */
export const load = (page, value, name = "text") =>
  page.evaluate(([value, name]) => {
    document.querySelector("form.editor").fanfoldEditor.fields.get(name).replace(value);
  }, [value, name]);

/** Lets a moment pass, in which a browser tells the page where the cursor is now. */
export const moment = (page) => page.waitForTimeout(150);

/** The cursor behind the text's last letter. */
export async function atEnd(page) {
  await text(page).click();
  await page.keyboard.press("Control+End");
  await moment(page);
}

/** Pastes into what has the focus. */
export const paste = (page, data) =>
  page.evaluate((data) => {
    const transfer = new DataTransfer();
    for (const [type, value] of Object.entries(data)) transfer.setData(type, value);
    const event = new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(event);
  }, data);

/** Waits until something is so. (The page's policy forbids waitForFunction.) */
export async function until(what, check) {
  const end = Date.now() + 8000;
  for (;;) {
    const got = await check();
    if (got) return got;
    assert.ok(Date.now() < end, `waited 8 s for: ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}
