// Everybody can use it: by keyboard, on a phone, in the dark, with a screen reader, without
// JavaScript. Every kind of page is looked at in each way.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Site, WINDOWS, violations, widths } from "./site.js";

let site;
before(async () => (site = await Site.open()));
after(() => site?.close());

const WAYS = {
  "light on a desktop": { ...WINDOWS.desktop, colorScheme: "light" },
  "dark on a desktop": { ...WINDOWS.desktop, colorScheme: "dark" },
  "light on a phone": { ...WINDOWS.phone, colorScheme: "light" },
  "dark on a phone": { ...WINDOWS.phone, colorScheme: "dark" },
};

for (const [way, window] of Object.entries(WAYS)) {
  test(`every page is accessible and fits, ${way}`, async (t) => {
    for (const [name, path] of Object.entries(site.pages())) {
      await t.test(name, () =>
        site.visit(path, window, async (page) => {
          await site.picture(page, `${name} ${way}`);
          assert.deepEqual(await violations(page), []);
          const [wide, room] = await widths(page);
          assert.ok(wide <= room, `${wide} px wide in a window of ${room} px`);
        }),
      );
    }
  });
}

test("light and dark are two looks", async () => {
  const background = (colorScheme) =>
    site.visit("/", { colorScheme }, (page) =>
      page.evaluate(() => {
        const shown = [document.body, document.documentElement].map(
          (element) => getComputedStyle(element).backgroundColor,
        );
        return shown.find((colour) => colour !== "rgba(0, 0, 0, 0)") ?? "none";
      }),
    );
  assert.notEqual(await background("light"), await background("dark"));
});

test("every page names itself and its language", async () => {
  const titles = new Set();
  for (const [name, path] of Object.entries(site.pages())) {
    await site.visit(path, {}, async (page) => {
      assert.match(await page.locator("html").getAttribute("lang"), /^\w/, name);
      assert.equal(await page.locator("h1").count(), 1, `${name} has one h1`);
      assert.equal(await page.locator("main").count(), 1, `${name} has one main`);
      titles.add(await page.title());
    });
  }
  // Library and its other order, and the searches, may share a title.
  assert.ok(titles.size >= 6, [...titles].join("; "));
});

test("without JavaScript every page says the same", async (t) => {
  const text = (path, javaScriptEnabled) =>
    site.visit(path, { javaScriptEnabled }, (page) => page.locator("main").innerText());
  for (const [name, path] of Object.entries(site.pages())) {
    await t.test(name, async () => assert.equal(await text(path, false), await text(path, true)));
  }
  await t.test("searching", () =>
    site.visit("/", { javaScriptEnabled: false }, async (page) => {
      await page.getByRole("searchbox").first().fill("geranium");
      await page.getByRole("searchbox").first().press("Enter");
      await page.waitForURL(/\/search\?/);
      assert.match(await page.locator("main").innerText(), /Lighthouse Letters/);
    }),
  );
});

/** What has the focus, and whether a person can see that it has. */
const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const middle = (from, to, room) => (from + to) / 2 >= 0 && (from + to) / 2 <= room;
    return {
      tag: element.tagName,
      type: element.getAttribute("type"),
      href: element.getAttribute("href"),
      text: element.textContent.trim(),
      onScreen: box.width > 1 && box.height > 1 && middle(box.top, box.bottom, innerHeight) &&
        middle(box.left, box.right, innerWidth),
      marked:
        (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) ||
        style.boxShadow !== "none",
    };
  });

test("the keyboard alone reaches skip link, search and the first work", async () => {
  await site.visit("/", {}, async (page) => {
    await page.keyboard.press("Tab");
    const skip = await focused(page);
    assert.match(skip.text, /skip/i, "the first stop is the skip link");
    assert.match(skip.href, /^#/);
    const stops = [skip];
    while (!/^\/works\/\d+$/.test(stops.at(-1).href ?? "")) {
      assert.ok(stops.length < 60, `no work in 60 stops: ${stops.map((stop) => stop.text)}`);
      await page.keyboard.press("Tab");
      stops.push(await focused(page));
    }
    assert.ok(stops.some((stop) => stop.tag === "INPUT" && stop.type === "search"), "search box");
    for (const stop of stops) {
      const what = stop.text || stop.tag;
      assert.ok(stop.onScreen, `${what} is on the screen while it has the focus`);
      assert.ok(stop.marked, `${what} shows that it has the focus`);
    }
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/works\/\d+$/);
  });
});

test("the skip link goes to the content", async () => {
  await site.visit("/", {}, async (page) => {
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    const inside = await page.evaluate(() => !!document.activeElement.closest("main"));
    assert.ok(inside, "the next stop is in main");
  });
});
