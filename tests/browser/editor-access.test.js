// Everybody can write with it: by keyboard alone, on a phone, in the dark, with a screen reader.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { Bench, atEnd, html, load, says, text, until } from "./editor-bench.js";
import { WINDOWS, violations, widths } from "./site.js";

let bench;
before(async () => (bench = await Bench.open()));
after(() => bench?.close());
beforeEach(() => bench.server.reset());

async function picture(page, name) {
  const folder = process.env.FANFOLD_SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name.replace(/\W+/g, "-")}.png`) });
}

async function holds(page, name) {
  await picture(page, name);
  assert.deepEqual(await violations(page), [], name);
  const [wide, room] = await widths(page);
  assert.ok(wide <= room, `${name}: ${wide} px wide in a window of ${room} px`);
}

const STORY = "<p>The lamp was lit, teh lamp.</p><h2>Two</h2><ul><li>a</li></ul><hr/><p>b" +
  '<a class="ff-note" id="fnref1" href="#fn1" role="doc-noteref">1</a> <a href="https://example.org/">c</a></p>' +
  "<table><caption>t</caption><tbody><tr><th>x</th><td>y</td></tr></tbody></table>" +
  '<details><summary>s</summary><p>d</p></details><p><img src="https://elsewhere.example/a.png" alt="cat"/></p>' +
  '<section class="ff-notes" role="doc-endnotes"><aside id="fn1" role="doc-footnote"><p>note</p>' +
  '<a class="ff-back" href="#fnref1" role="doc-backlink" aria-label="Back to the text">↩</a></aside></section>';

for (const [device, window] of Object.entries(WINDOWS)) {
  for (const colorScheme of ["light", "dark"]) {
    test(`every part is accessible and fits, ${colorScheme} on a ${device}`, () => {
      bench.server.reset(STORY);
      bench.server.marks = (line, paragraph) => [...line.matchAll(/teh/g)].map((match) => ({ paragraph,
        from: match.index, to: match.index + 3, rule: "typo", group: "Words", name: "Slips", why: "Why.", instead: ["the"] }));
      const name = (part) => `editor ${part} ${colorScheme} ${device}`;
      return bench.visit({ ...window, colorScheme }, async (page) => {
        await holds(page, name("at first"));
        await text(page).focus();
        await page.keyboard.press("F8");
        await page.locator(".ed-mark").first().waitFor();
        await holds(page, name("proof"));
        await page.keyboard.press("Control+f");
        await page.getByLabel("Find", { exact: true }).fill("lamp");
        await page.getByText("What would be replaced").click();
        await holds(page, name("find"));
        await page.getByLabel("Find", { exact: true }).press("Escape");
        await page.keyboard.press("Control+k");
        await page.getByRole("dialog").waitFor();
        await holds(page, name("link"));
        await page.keyboard.press("Escape");
        await page.getByLabel("Shown as").selectOption("HTML");
        await page.locator(".ed-text .ed-source").waitFor();
        await holds(page, name("source"));
        await page.getByLabel("Shown as").selectOption("Rich text");
        bench.server.other("<p>Theirs.</p>");
        await atEnd(page);
        await page.keyboard.type("x");
        await page.getByRole("dialog").waitFor();
        await holds(page, name("two versions"));
        await page.getByRole("button", { name: "Keep mine" }).click();
        await says(page, "saved");
        await page.keyboard.press("Control+Shift+f");
        await holds(page, name("nothing but the text"));
      });
    });
  }
}

test("the keyboard alone reaches everything, and nothing holds it", () =>
  bench.visit({}, async (page) => {
    const at = async () => (await page.evaluate(() => {
      const { activeElement: e } = document;
      return e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent
        ?? document.getElementById(e.getAttribute("aria-labelledby"))?.textContent ?? e.textContent;
    })).trim();
    const stops = [];
    for (let stop = 0; stop < 12; stop++) {
      await page.keyboard.press("Tab");
      stops.push(await at());
    }
    assert.deepEqual(stops.slice(1, 9), ["Kind of paragraph", "Title", "Summary", "Notes before", "Text",
      "Notes after", "Save", "Publish"]);
    await text(page).focus();
    await page.keyboard.press("Alt+F10");
    assert.equal(await at(), "Kind of paragraph");
    await page.keyboard.press("ArrowRight");
    assert.equal(await at(), "Bold");
    await page.keyboard.press("End");
    assert.equal(await at(), "Shown as");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    assert.equal(await at(), "Text", "the text has the focus after an act");
    await page.keyboard.type("x");
    assert.match(await html(page), /<strong>x/);
    await page.keyboard.press("Alt+F10");
    assert.equal(await at(), "Bold", "the place in the toolbar is kept");
    await page.keyboard.press("Escape");
    assert.equal(await at(), "Text");
  }));

test("a form without a chapter's text: its small texts are edited and saved all the same", () =>
  bench.visit({}, async (page) => {
    await page.goto(`${bench.server.origin}/notes`);
    await page.getByRole("textbox", { name: "Summary", exact: true }).click();
    await page.keyboard.type("In short.");
    await says(page, "saved");
    assert.deepEqual(bench.server.fields.summary, { html: "<p>In short.</p>" });
    assert.equal(await page.locator(".ed-counts").innerText(), "");
    assert.equal(await page.getByRole("button", { name: "Proofread" }).count(), 0);
    await holds(page, "editor of notes alone");
  }));

test("nothing but the text, and back", () =>
  bench.visit({}, async (page) => {
    await atEnd(page);
    await page.keyboard.press("Control+Shift+f");
    assert.ok(!(await page.locator("header.top").isVisible()));
    assert.ok(!(await page.locator(".ed-tools").isVisible()));
    assert.ok(await page.locator(".ed-state").isVisible());
    await page.keyboard.type(" Quiet.");
    assert.equal(await html(page), "<p>The lamp was lit. Quiet.</p>");
    await page.keyboard.press("Escape");
    assert.ok(await page.locator("header.top").isVisible());
    await page.keyboard.type(" Loud.");
    assert.equal(await html(page), "<p>The lamp was lit. Quiet. Loud.</p>");
  }));

test("on a phone the toolbar sticks and scrolls sideways by itself", () =>
  bench.visit(WINDOWS.phone, async (page) => {
    await load(page, "<p>line</p>".repeat(60));
    await page.evaluate(() => scrollTo(0, 2000));
    await until("the toolbar at the top", () =>
      page.evaluate(() => Math.abs(document.querySelector(".ed-bar").getBoundingClientRect().top) < 2));
    const tools = page.locator(".ed-tools");
    const [wide, room] = await tools.evaluate((element) => [element.scrollWidth, element.clientWidth]);
    assert.ok(wide > room, "there is more than fits");
    await page.getByRole("button", { name: "Scene break" }).scrollIntoViewIfNeeded();
    await page.getByRole("button", { name: "Scene break" }).tap();
    assert.match(await html(page), /<hr\/>/);
  }));

test("a long text stays quick: 100,000 words, a key in the middle", () =>
  bench.visit({}, async (page) => {
    const line = "It was late and the lamp was lit and nobody came to see the lantern at all that night. ";
    await load(page, `<p>${line.repeat(5).trim()}</p>`.repeat(1112));
    const took = await page.evaluate(() => {
      const { view } = document.querySelector("form.editor").fanfoldEditor.fields.get("text");
      const times = [];
      for (let at = 0; at < 30; at++) {
        const began = performance.now();
        view.dispatch(view.state.tr.insertText("x", 200_000));
        times.push(performance.now() - began);
      }
      const field = document.querySelector("form.editor").fanfoldEditor.fields.get("text");
      const began = performance.now();
      const size = field.html().length;
      return { key: times.sort((a, b) => a - b)[15], print: performance.now() - began, words: field.words, size };
    });
    assert.ok(took.words > 99_000, `${took.words}`);
    assert.ok(took.key < 50, `${took.key} ms a key`);
    assert.ok(took.print < 200, `${took.print} ms to print ${took.size} characters`);
  }));
