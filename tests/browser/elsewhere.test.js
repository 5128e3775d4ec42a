// Posting elsewhere too: choosing a site, reading the checklist, copying by click and by key, with
// and without a script, on a desktop, on a phone and in the dark.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Site, WINDOWS, violations, widths } from "./site.js";

let site;
let work;
before(async () => {
  site = await Site.open();
  await site.signIn();
  work = site.work("The Cartographer’s Apprentice");
});
after(() => site?.close());

/** What stands on the clipboard, and every way to it. */
const reads = { permissions: ["clipboard-read", "clipboard-write"] };
const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

for (const [name, window] of Object.entries(WINDOWS)) {
  for (const colorScheme of ["light", "dark"]) {
    test(`every site's page is accessible and fits: ${name}, ${colorScheme}`, async () => {
      for (const query of ["", "?site=ffn", "?site=markdown"]) {
        await site.visit(`${work}/elsewhere${query}`, { ...window, colorScheme }, async (page) => {
          assert.deepEqual(await violations(page), []);
          const [wide, room] = await widths(page);
          assert.ok(wide <= room, `${wide} wide in ${room}`);
          await site.picture(page, `elsewhere ${query} ${name} ${colorScheme}`);
        });
      }
    });
  }
}

test("a writer is led there, chooses a site, and copies with a click", async () => {
  await site.visit(work, reads, async (page) => {
    await page.getByRole("link", { name: "Post it elsewhere too" }).click();
    await page.waitForURL(/\/elsewhere$/);
    const text = page.getByLabel("Text (Chapter 1, text)");
    assert.match(await text.inputValue(), /^<p>/);
    await page.getByRole("button", { name: "Copy: Chapter 1, text", exact: true }).click();
    await page.getByRole("status").filter({ hasText: "Copied: Chapter 1, text" }).waitFor();
    assert.equal(await clipboard(page), await text.inputValue());
    // Another site, another text; the choice is marked.
    await page.getByRole("link", { name: "FanFiction.net" }).click();
    await page.waitForURL(/site=ffn/);
    const chosen = page.getByRole("navigation", { name: "Site" }).locator("[aria-current]");
    assert.equal(await chosen.innerText(), "FanFiction.net");
    await page.getByRole("button", { name: "Copy: Title", exact: true }).click();
    assert.match(await clipboard(page), /^The Cartographer.s Apprentice$/);
    assert.doesNotMatch(await page.getByLabel("Text (Chapter 1, text)").inputValue(), /<p>/);
  });
});

test("the keyboard alone copies, by the button and by the box", async () => {
  await site.visit(`${work}/elsewhere`, reads, async (page) => {
    // A box that is come to is selected as a whole; the next stop is its button.
    const box = page.getByLabel("Title (Title)");
    await box.focus();
    await page.keyboard.press("Control+c");
    assert.equal(await clipboard(page), await box.inputValue());
    await page.evaluate(() => navigator.clipboard.writeText("something else"));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("status").filter({ hasText: "Copied: Title" }).waitFor();
    assert.equal(await clipboard(page), await box.inputValue());
    const focused = await page.evaluate(() => document.activeElement.textContent);
    assert.match(focused, /^Copied/, "the focus stays, and the button says so");
  });
});

test("what is refused leads to where it is mended", async () => {
  await site.visit(`${work}/elsewhere`, {}, async (page) => {
    const list = page.locator("section[aria-labelledby=checklist]");
    const refused = list.locator(".warn a").first();
    const href = await refused.getAttribute("href");
    await refused.click();
    await page.waitForURL((url) => url.href.endsWith(href));
    const place = page.locator(new URL(page.url()).hash);
    assert.equal(await place.count(), 1, `${href} is there`);
  });
});

test("without a script the boxes are there to be selected, and files to be taken", async () => {
  await site.visit(`${work}/elsewhere?site=markdown`, { javaScriptEnabled: false }, async (page) => {
    assert.equal(await page.getByRole("button", { name: /^Copy/ }).count(), 0);
    const box = page.getByLabel("Text (Chapter 1, text)");
    const text = await box.inputValue();
    assert.ok(text.length > 100, text);
    assert.equal(await box.getAttribute("readonly"), "");
    const file = page.getByRole("link", { name: /^Take its text as a file.*Chapter 1/ });
    const [download] = await Promise.all([page.waitForEvent("download"), file.click()]);
    assert.match(download.suggestedFilename(), /^The Cartographer.*Chapter 1.*\.md$/);
    const chunks = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk);
    assert.equal(Buffer.concat(chunks).toString("utf8"), `${text}\n`);
  });
});
