// What a reader keeps: where the reading stopped, filters, mutes. All of it without a script too.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Site, WINDOWS, WORKS, plain, violations, widths } from "./site.js";

let site;
before(async () => (site = await Site.open()));
after(() => site?.close());

const main = async (page) => plain(await page.locator("main").innerText());
const press = (page, name) => page.getByRole("button", { name }).first().click();

/** Waits until a page says so: where a reader is, is noted beside the page. */
async function says(page, path, words) {
  const until = Date.now() + 10_000;
  for (;;) {
    await page.goto(site.origin + path);
    if ((await main(page)).includes(plain(words))) return;
    assert.ok(Date.now() < until, `“${words}” on ${path}: ${await main(page)}`);
  }
}

for (const [name, window] of Object.entries(WINDOWS)) {
  test(`a reading list from beginning to end, ${name}`, async () => {
    const work = site.work("What the Minotaur Kept");
    await site.visit("/reading", window, async (page) => {
      assert.deepEqual(await violations(page), []);
      await press(page, "Begin a reading list");
      assert.match(page.url(), /\/reading$/);
      await page.goto(`${site.origin}${work}/chapters/2`);
      await says(page, "/reading", "chapter 2 of 3");
      assert.deepEqual(await violations(page), []);
      const [wide, window_] = await widths(page);
      assert.ok(wide <= window_, `${wide} in ${window_}`);
      await site.picture(page, `reading ${name}`);
      // The panel knows it.
      await page.goto(`${site.origin}/?q=is:started`);
      assert.match(await main(page), /what the minotaur kept/);
      await page.goto(`${site.origin}${work}/chapters/3`);
      await press(page, "Mark as read");
      assert.match(await main(page), /read\nwhat the minotaur kept|read what the minotaur kept/);
    });
  });

  test(`filters, mutes and what is always asked, without a script, ${name}`, async () => {
    const options = { ...window, javaScriptEnabled: false };
    await site.visit("/reading", options, async (page) => {
      await press(page, "Begin a reading list");
      await page.goto(`${site.origin}/?q=words:>500`);
      await page.getByText("Keep this filter").click();
      await page.getByLabel("Under the name").fill("Long ones");
      await press(page, "Save it");
      await page.goto(`${site.origin}/`);
      await page.getByRole("link", { name: "Long ones" }).click();
      assert.match(decodeURIComponent(page.url()), /words/);

      await page.goto(site.origin + site.work("The Last Ferry"));
      await page.getByText("Never show me…").click();
      await press(page, "This work");
      await page.goto(`${site.origin}/`);
      const text = await main(page);
      assert.match(text, new RegExp(`${WORKS - 1} works`));
      assert.match(text, /1 work hidden by your filters/);
      await page.getByRole("link", { name: "Show them" }).click();
      assert.match(await main(page), new RegExp(`${WORKS} works`));

      await page.goto(`${site.origin}/reading`);
      await page.getByLabel("Only show works that answer").fill("lang:ja");
      await press(page, "Always ask this");
      await page.goto(`${site.origin}/`);
      assert.match(await main(page), /hidden by your filters/);
      await page.goto(`${site.origin}/reading`);
      await press(page, "Forget everything about my reading");
      await page.goto(`${site.origin}/`);
      assert.match(await main(page), new RegExp(`${WORKS} works`));
    });
  });
}

test("the place in a chapter is kept while it is read", async () => {
  await site.visit("/reading", WINDOWS.phone, async (page) => {
    await press(page, "Begin a reading list");
    await page.goto(`${site.origin}${site.work("The Hound of 221C")}/chapters/1`);
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight / 2));
    const told = await page.waitForResponse((answer) => answer.url().endsWith("/reading/act"));
    assert.equal(told.status(), 204);
    await says(page, "/reading", "The Hound of 221C");
    const link = page.locator("main a[href*='#p']");
    const href = await link.first().getAttribute("href");
    assert.match(href, /\/chapters\/1#p\d+$/);
    await link.first().click();
    const place = page.locator(`[id="${href.split("#")[1]}"]`);
    assert.ok(await place.isVisible());
  });
});
