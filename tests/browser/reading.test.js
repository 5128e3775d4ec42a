// What a reader does: find a work, read it, search in it, take it away.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FILES, Site, TITLES, WORKS, plain } from "./site.js";

let site;
before(async () => (site = await Site.open()));
after(() => site?.close());

const main = async (page) => plain(await page.locator("main").innerText());
const includes = (text, part) => assert.ok(text.includes(plain(part)), `“${part}” in: ${text}`);

test("the library lists every work once", async () => {
  assert.equal(site.works.size, WORKS, [...site.works.keys()].join("; "));
  for (const title of TITLES) site.work(title);
});

test("the library sorts by title, author and words", async () => {
  const order = async (sort) => [...(await site.listed(`/?sort=${sort}`)).keys()];
  const before_ = (list, first, second) => {
    const [a, b] = [list.indexOf(plain(first)), list.indexOf(plain(second))];
    assert.ok(a !== -1 && a < b, `${first} before ${second}: ${list.join("; ")}`);
  };
  const titles = await order("title");
  before_(titles, "Dear Mina, the Castle Is Draughty", "Green Is a Patient Colour");
  before_(titles, "Second Breakfast at Longbourn", "What the Minotaur Kept");
  const authors = await order("author");
  before_(authors, "Second Breakfast at Longbourn", "The Last Ferry"); // Araminta, Basil
  before_(authors, "The Last Ferry", "The Clockmaker's Moon"); // Basil, Perpetua
  before_(authors, "The Clockmaker's Moon", "The Hound of 221C"); // Perpetua, Wilhelmina
  const words = await order("words");
  before_(words, "The Hound of 221C", "What the Minotaur Kept");
  before_(words, "What the Minotaur Kept", "The Last Ferry");
});

test("a work's page tells all that its file told", async () => {
  await site.visit(site.work("What the Minotaur Kept"), {}, async (page) => {
    await page.getByRole("heading", { level: 1, name: "What the Minotaur Kept" }).waitFor();
    const text = await main(page);
    for (const part of [
      "Clementine Wray",
      "parsnip_duke",
      "General Audiences",
      "Ancient Greek Religion & Lore",
      "Ariadne & The Minotaur",
      "Asterion | The Minotaur",
      "Knitting as a Plot Device",
      "Large Houses, Small Gods",
      "It says sorry when it bumps into things.",
      "Written for a friend who keeps buttons.",
      "3/3",
      "English",
    ]) {
      includes(text, part);
    }
  });
});

test("chapters are read one after the other", async () => {
  await site.visit(site.work("What the Minotaur Kept"), {}, async (page) => {
    await page.locator("main a[href$='/chapters/1']").first().click();
    includes(await main(page), "eleven hundred paces long");
    const next = () => page.getByRole("link", { name: /next/i });
    await next().first().click();
    includes(await main(page), "They were very tidy piles.");
    assert.match(page.url(), /\/chapters\/2$/);
    await next().first().click();
    includes(await main(page), "to keep it for them.");
    assert.equal(await next().count(), 0, "nothing follows the last chapter");
    await page.getByRole("link", { name: /prev/i }).first().click();
    assert.match(page.url(), /\/chapters\/2$/);
  });
});

test("the entire work is one page, in order, with its markup", async () => {
  await site.visit(`${site.work("What the Minotaur Kept")}/entire`, {}, async (page) => {
    const text = await main(page);
    const places = ["eleven hundred paces long", "very tidy piles", "to keep it for them."];
    const found = places.map((part) => text.indexOf(part));
    assert.ok(found.every((at) => at >= 0), `all chapters: ${found}`);
    assert.deepEqual(found, found.toSorted((a, b) => a - b));
    assert.equal(await page.locator("main em", { hasText: "polite" }).count(), 1);
    assert.ok((await page.locator("main hr").count()) >= 1, "the scene break is there");
  });
});

test("chapter files in one folder are one work, in order", async () => {
  await site.visit(`${site.work("The Lighthouse Letters")}/entire`, {}, async (page) => {
    const text = await main(page);
    const parts = ["one long, two short. i see you now.", "the hero is the tides", "all well."];
    const found = parts.map((part) => text.lastIndexOf(part));
    assert.ok(found.every((at) => at >= 0), `all chapters: ${found}`);
    assert.deepEqual(found, found.toSorted((a, b) => a - b));
  });
});

test("the same story twice is one work with two originals", async () => {
  await site.visit(site.work("The Last Ferry"), {}, async (page) => {
    const text = await main(page);
    includes(text, "the-last-ferry.txt");
    includes(text, "the-last-ferry.html");
  });
});

test("a story without a title has a provisional one, and says so", async () => {
  await site.visit('/search?q="the boatman would not take the lyre"', {}, async (page) => {
    await page.locator("main a[href^='/works/']").first().click();
    const path = new URL(page.url()).pathname.match(/^\/works\/\d+/)[0];
    await page.goto(site.origin + path);
    includes(await main(page), "provisional");
  });
});

test("every encoding is read as what it is", async () => {
  for (const [query, sentence] of [
    ["сметана", "сметана, подоконник, сметана"],
    ["Netherfield", "“I know it,” said Mr. Darcy."],
    ["bromide", "the 9.17 to Whitby"],
    ["Coolant", "Sacré bleu"],
  ]) {
    await site.visit(`/search?q=${encodeURIComponent(query)}`, {}, async (page) => {
      const href = await page.locator("main a[href^='/works/']").first().getAttribute("href");
      await page.goto(`${site.origin}${href.match(/^\/works\/\d+/)[0]}/entire`);
      includes(await main(page), sentence);
    });
  }
});

test("a search hit opens the chapter at its paragraph", async () => {
  await site.visit("/", {}, async (page) => {
    const box = page.getByRole("searchbox").first();
    await box.fill('"tied it in a bow"');
    await box.press("Enter");
    await page.waitForURL(/\/search\?/);
    assert.ok((await page.locator("main mark").count()) >= 1, "the hit is marked");
    await page.locator("main a[href*='/chapters/3'][href*='#']").first().click();
    await page.waitForURL(/\/chapters\/3(\?[^#]*)?#/);
    const paragraph = page.locator(":target");
    includes(plain(await paragraph.innerText()), "tied it in a bow");
    const box_ = await paragraph.boundingBox();
    const height = page.viewportSize().height;
    assert.ok(box_.y >= 0 && box_.y < height, `paragraph at ${box_.y} of ${height}`);
  });
});

test("words can be left out of a search, begun only, or stemmed", async () => {
  const hits = (query) =>
    site.visit(`/search?q=${encodeURIComponent(query)}`, {}, (page) => main(page));
  includes(await hits("geranium"), "The Lighthouse Letters");
  assert.ok(!(await hits("geranium -lighthouse -keeper")).includes("the lighthouse letters"));
  includes(await hits("geran*"), "The Lighthouse Letters");
  includes(await hits("geraniums"), "The Lighthouse Letters");
  includes(await hits("sacre bleu"), "Maintenance Window");
});

test("the import report accounts for every file", async () => {
  await site.visit("/import", {}, async (page) => {
    await page.getByRole("heading", { level: 1, name: /import/i }).waitFor();
    assert.match(await main(page), new RegExp(`\\b${FILES}\\b`));
  });
});

test("a work can be taken away as EPUB, HTML and Markdown", async () => {
  const path = site.work("The Clockmaker's Moon");
  const take = async (format) => {
    const answer = await fetch(`${site.origin}${path}/download/${format}`);
    assert.equal(answer.status, 200, format);
    assert.match(answer.headers.get("content-disposition") ?? "", /attachment/, format);
    return [answer.headers.get("content-type"), Buffer.from(await answer.arrayBuffer())];
  };
  const [type, book] = await take("epub");
  assert.match(type, /^application\/epub\+zip/);
  assert.equal(book.subarray(0, 4).toString("latin1"), "PK\x03\x04");
  assert.equal(book.subarray(30, 58).toString("latin1"), "mimetypeapplication/epub+zip");
  for (const [format, expected] of [
    ["html", /^text\/html/],
    ["markdown", /^text\/markdown/],
  ]) {
    const [type, text] = await take(format);
    assert.match(type, expected);
    includes(plain(text.toString("utf8")), "made by hand, and it was eleven minutes slow");
  }
  await site.visit(path, {}, async (page) => {
    for (const format of ["epub", "html", "markdown"]) {
      assert.equal(await page.locator(`a[href='${path}/download/${format}']`).count(), 1, format);
    }
  });
});

test("a page that is not there says so, and leads home", async () => {
  for (const path of ["/works/999999999", "/works/1/chapters/999", "/nothing/here"]) {
    await site.visit(path, { status: 404 }, async (page) => {
      assert.ok((await main(page)).length > 20, "it says something");
      assert.ok((await page.locator("a[href='/']").count()) >= 1, "a way home");
    });
  }
});

test("pages forbid inline script and strangers", async () => {
  for (const [name, path] of Object.entries(site.pages())) {
    const policy = (await fetch(site.origin + path)).headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src '(none|self)'/, `${name}: ${policy}`);
    assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval|\*|https?:/, name);
  }
});
