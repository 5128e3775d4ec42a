// The filter panel: as a plain form, with JavaScript, as a sheet on a phone, by keyboard.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { Site, WINDOWS, plain } from "./site.js";

let site;
before(async () => (site = await Site.open()));
after(() => site?.close());

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core"), "utf8");

/** Holds a page, as it stands now, to what axe-core knows. */
async function accessible(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ preload: false }));
  const lines = violations.flatMap(({ id, nodes }) => nodes.map((n) => `${id}: ${n.target} ${n.failureSummary}`));
  assert.deepEqual(lines, []);
}

const question = (page) => new URL(page.url()).searchParams.get("q") ?? "";
const count = async (page) => plain(await page.locator("#count strong").innerText());
const titles = async (page) => (await page.locator(".works h2").allInnerTexts()).map(plain);
const tick = (page, group, label) =>
  page.locator(`#${group}`).getByRole("checkbox", { name: label }).first();
const unfold = (page, group) => page.locator(`#${group} > summary`).click();
const asks = (page, q) => page.waitForURL((url) => (url.searchParams.get("q") ?? "") === q);
/** Waits until so many works are counted. (The site's policy forbids to evaluate a condition.) */
const counts = (page, works) => page.locator("#count strong", { hasText: works }).waitFor();
const submit = (page) => page.locator("#apply").click();

/** Marks the document, so that a test can tell whether it was loaded anew. */
const mark = (page) => page.evaluate(() => (globalThis.marked = true));
const isMarked = (page) => page.evaluate(() => globalThis.marked === true);

// ---- without JavaScript -----------------------------------------------------------------------

const still = { javaScriptEnabled: false };

test("without JavaScript the panel is a form that includes and excludes", () =>
  site.visit("/", still, async (page) => {
    await unfold(page, "in-rating");
    await tick(page, "in-rating", /Teen And Up/).check();
    await unfold(page, "not-fandom");
    await tick(page, "not-fandom", /Dracula/).check();
    await submit(page);
    assert.equal(question(page), 'rating:"Teen And Up Audiences" -fandom:"Dracula - Bram Stoker"');
    assert.equal(await count(page), "2 works");
    assert.ok(await tick(page, "in-rating", /Teen And Up/).isChecked(), "a pick stays picked");
    // What is excluded is in none of the works, and can be taken back all the same.
    await tick(page, "not-fandom", /Dracula/).uncheck();
    await submit(page);
    assert.equal(await count(page), "3 works");
    await page.getByRole("link", { name: /Teen And Up.*remove/ }).click();
    assert.equal(question(page), "");
    assert.equal(await count(page), `${site.works.size} works`);
  }));

test("without JavaScript every other part of the panel asks", () =>
  site.visit("/", still, async (page) => {
    await page.getByLabel("Sort by").selectOption({ label: "Words" });
    await page.getByLabel("The other way round").check();
    await page.getByLabel("Search within these").fill("the");
    await page.getByLabel("Completion").selectOption({ label: "Complete only" });
    await page.getByLabel("Crossovers").selectOption({ label: "No crossovers" });
    await page.getByLabel("Single chapter only").check();
    await page.locator("input[name=words-from]").fill("300");
    await page.locator("input[name=words-to]").fill("5k");
    await submit(page);
    const parts = ["words:300-5000", "chapters:1", "complete:yes", "crossover:no", "the", "sort:words-asc"];
    for (const part of parts) assert.ok(question(page).split(" ").includes(part), question(page));
    assert.equal(await page.locator("input[name=words-to]").inputValue(), "5,000");
    await page.getByRole("link", { name: "Clear all" }).first().click();
    assert.equal(question(page), "");
  }));

test("without JavaScript any of several fandoms is enough, if one says so", () =>
  site.visit("/", still, async (page) => {
    await unfold(page, "in-fandom");
    await page.locator("#in-fandom").getByRole("radio", { name: "any of" }).check();
    await tick(page, "in-fandom", /Tidewardens/).check();
    await submit(page);
    assert.equal(await count(page), "1 work");
    // The others can still be added: they are counted as if nothing were picked yet.
    await tick(page, "in-fandom", /Vega Station/).check();
    await submit(page);
    assert.equal(question(page), 'fandom:("Vega Station" OR Tidewardens)');
    assert.equal(await count(page), "2 works");
  }));

test("without JavaScript a mistake comes back with all that was filled in", () =>
  site.visit("/", still, async (page) => {
    await page.locator("input[name=words-from]").fill("abc");
    await page.locator("input[name=updated-from]").fill("<7 days");
    await page.getByLabel("Completion").selectOption({ label: "Complete only" });
    await submit(page);
    const from = page.locator("input[name=words-from]");
    assert.equal(await from.inputValue(), "abc");
    assert.equal(await from.getAttribute("aria-invalid"), "true");
    assert.equal(await page.locator("input[name=updated-from]").inputValue(), "<7 days");
    assert.equal(await page.getByLabel("Completion").inputValue(), "yes");
    assert.match(await page.locator("#e-words").innerText(), /number/);
    await from.fill("100");
    await submit(page);
    assert.match(question(page), /words:>=100/);
  }));

test("without JavaScript a phone opens the panel as a sheet", () =>
  site.visit("/", { ...WINDOWS.phone, ...still }, async (page) => {
    const panel = page.locator("#filter");
    assert.ok(!(await panel.isVisible()), "closed at first");
    await page.getByRole("link", { name: /^Filter/ }).click();
    assert.ok(await panel.isVisible());
    await unfold(page, "in-rating");
    await tick(page, "in-rating", /Teen And Up/).check();
    await site.picture(page, "sheet without javascript");
    await submit(page);
    assert.ok(!(await panel.isVisible()), "closed again, over the answer");
    assert.equal(await count(page), "3 works");
    await page.getByRole("link", { name: /^Filter/ }).click();
    await page.getByRole("link", { name: "Close" }).click();
    assert.ok(!(await panel.isVisible()));
  }));

test("the question is written, mended by a link, and explained", () =>
  site.visit("/", still, async (page) => {
    await page.getByLabel("Question").fill("fandum:Tidewardens");
    await page.getByLabel("Question").press("Enter");
    const alert = page.getByRole("alert");
    assert.match(await alert.innerText(), /fandum/);
    assert.equal(await alert.locator("mark").innerText(), "fandum");
    assert.equal(await page.getByLabel("Question").inputValue(), "fandum:Tidewardens");
    await alert.getByRole("link").click();
    assert.deepEqual(await titles(page), ["the cartographer's apprentice"]);
    await page.getByRole("link", { name: "How to ask" }).click();
    await page.getByRole("heading", { level: 1, name: "How to ask" }).waitFor();
    const examples = await page.locator(".help a").evaluateAll((links) => links.map((a) => a.href));
    assert.ok(examples.length > 0);
    for (const example of examples) {
      await page.goto(example);
      assert.equal(await page.getByRole("alert").count(), 0, "examples are right");
    }
  }));

test("an empty answer says what to leave out, an unknown tag is named", () =>
  site.visit("/?q=fandom:Nowhere+complete:yes", still, async (page) => {
    const text = plain(await page.locator("main").innerText());
    assert.ok(text.includes('no work here has a fandom called “nowhere”'), text);
    await page.locator(".trials a").first().click();
    assert.equal(question(page), "complete:yes");
    assert.ok((await titles(page)).length > 0);
  }));

test("words in a question are shown where they stand", () =>
  site.visit("/?q=geranium+chapters:>1", {}, async (page) => {
    assert.ok((await page.locator(".snippet mark").count()) >= 1);
    await page.locator(".snippet a").first().click();
    await page.waitForURL(/\/chapters\/\d+\?q=%22geranium%22/);
  }));

// ---- with JavaScript --------------------------------------------------------------------------

test("a tick changes list, counts and address in place", () =>
  site.visit("/", {}, async (page) => {
    await mark(page);
    await unfold(page, "in-rating");
    await tick(page, "in-rating", /Teen And Up/).check();
    await asks(page, 'rating:"Teen And Up Audiences"');
    assert.equal(await count(page), "3 works");
    assert.equal((await titles(page)).length, 3);
    assert.ok(await isMarked(page), "the page was not loaded anew");
    const focus = await page.evaluate(() => document.activeElement.value);
    assert.equal(focus, "Teen And Up Audiences", "the focus stays");
    assert.match(await page.locator("[aria-live=polite]").innerText(), /^3 works/);
    await unfold(page, "not-fandom");
    await tick(page, "not-fandom", /Dracula/).check();
    await counts(page, "2 works");
    assert.ok(await page.locator("#in-rating").evaluate((e) => e.open), "groups stay open");
    await page.goBack();
    await counts(page, "3 works");
    assert.ok(!(await tick(page, "not-fandom", /Dracula/).isChecked()), "boxes follow the address");
    await page.goForward();
    await counts(page, "2 works");
    await page.getByRole("link", { name: /Dracula.*remove/ }).click();
    await asks(page, 'rating:"Teen And Up Audiences"');
    assert.ok(await isMarked(page));
    assert.ok(await page.evaluate(() => !!document.activeElement.closest(".chips")));
    await accessible(page);
  }));

test("of several answers the newest counts, and what is being typed stays", () =>
  site.visit("/", {}, async (page) => {
    await mark(page);
    let late = 0;
    await page.route(/\/filter\?/, async (route) => {
      if (late++ === 0) await new Promise((done) => setTimeout(done, 700));
      await route.continue().catch(() => {});
    });
    await unfold(page, "in-rating");
    await tick(page, "in-rating", /Teen And Up/).check();
    await tick(page, "in-rating", /General/).check();
    await page.getByLabel("Search within these").click();
    await page.keyboard.type("lamp");
    await asks(page, 'rating:("General Audiences" OR "Teen And Up Audiences")');
    await page.waitForTimeout(900);
    assert.equal(question(page), 'rating:("General Audiences" OR "Teen And Up Audiences")');
    assert.equal(await page.getByLabel("Search within these").inputValue(), "lamp");
    await page.keyboard.press("Enter");
    await page.waitForURL(/lamp/);
    assert.ok(await isMarked(page));
  }));

test("more values are listed on demand and stay", () =>
  site.visit("/", {}, async (page) => {
    await mark(page);
    await unfold(page, "in-additional");
    const rows = page.locator("#in-additional .values li");
    assert.equal(await rows.count(), 10);
    await page.locator("#in-additional .more").click();
    await page.waitForURL(/more=additional/);
    const many = await rows.count();
    assert.ok(many > 10, `${many}`);
    await unfold(page, "in-rating");
    await tick(page, "in-rating", /General/).check();
    await page.waitForURL(/rating/);
    assert.match(page.url(), /more=additional/);
    await page.locator("#in-additional .more", { hasText: "Fewer" }).click();
    await page.waitForURL((url) => !url.searchParams.has("more"));
    assert.ok(await isMarked(page));
  }));

test("a mistake is shown beside its box, at once", () =>
  site.visit("/", {}, async (page) => {
    await mark(page);
    await page.locator("input[name=words-from]").fill("50k");
    await page.locator("input[name=words-to]").fill("10k");
    await page.keyboard.press("Enter");
    await page.locator("#e-words").waitFor();
    assert.match(await page.locator("#e-words").innerText(), /smaller number/);
    assert.equal(new URL(page.url()).pathname, "/", "a mistake has no address");
    assert.equal(await page.evaluate(() => document.activeElement.name), "words-from");
    await accessible(page);
    assert.ok(await isMarked(page));
  }));

test("names are offered while one types, and picked by keyboard", () =>
  site.visit("/?q=fandom:Tidewardens", {}, async (page) => {
    const wanted = [];
    await page.route(/\/tags\/suggest\?/, (route) => {
      const query = new URL(route.request().url()).searchParams;
      wanted.push([query.get("kind"), query.get("q"), query.getAll("within").join()]);
      const names = [{ name: "Maps", uses: 1234 }, { name: "Mapping & Measuring", uses: 3 }];
      return route.fulfill({ json: names });
    });
    await unfold(page, "in-additional");
    const box = page.locator("#f-add-additional");
    await box.click();
    await page.keyboard.type("map");
    const list = page.getByRole("listbox");
    await list.waitFor();
    assert.deepEqual(wanted.at(-1), ["freeform", "map", "Tidewardens"]);
    assert.equal(await box.getAttribute("aria-expanded"), "true");
    await accessible(page);
    await site.picture(page, "names are offered");
    await page.keyboard.press("Escape");
    assert.equal(await list.count(), 0);
    assert.equal(await box.inputValue(), "map", "Escape keeps what was typed");
    await page.keyboard.press("ArrowDown");
    await list.waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    const active = await box.getAttribute("aria-activedescendant");
    assert.match(await page.locator(`#${active}`).innerText(), /Mapping/);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await asks(page, "fandom:Tidewardens additional:Maps");
    assert.equal(await box.inputValue(), "");
    assert.ok(await tick(page, "in-additional", /Maps/).isChecked());
    assert.equal(await page.evaluate(() => document.activeElement.name), "add-additional");
    // A click picks as well, here one that is to be left out.
    await unfold(page, "not-additional");
    await page.locator("#f-leave-additional").fill("mapp");
    await page.getByRole("option", { name: /Measuring/ }).click();
    await asks(page, 'fandom:Tidewardens additional:Maps -additional:"Mapping & Measuring"');
  }));

test("the library's own names are offered, those of the picked fandom", () =>
  site.visit("/?q=fandom:Tidewardens", {}, async (page) => {
    await unfold(page, "in-character");
    await unfold(page, "in-additional");
    await page.locator("#f-add-additional").pressSequentially("mpas");
    await page.getByRole("option", { name: /^Maps/ }).click();
    await asks(page, "fandom:Tidewardens additional:Maps");
    assert.equal(await count(page), "1 work");
    await page.locator("#f-add-additional").pressSequentially("epist");
    await page.waitForTimeout(800);
    assert.equal(await page.locator(".options").count(), 0, "no letters in this fandom");
    await page.getByRole("link", { name: /Tidewardens.*remove/ }).click();
    await asks(page, "additional:Maps");
    await page.locator("#f-add-additional").fill("");
    await page.locator("#f-add-additional").pressSequentially("epist");
    await page.getByRole("option", { name: /^Epistolary/ }).waitFor();
  }));

// ---- a phone, and the keyboard ----------------------------------------------------------------

for (const colorScheme of ["light", "dark"]) {
  test(`a phone has the panel as a sheet that stays open, ${colorScheme}`, () =>
    site.visit("/", { ...WINDOWS.phone, colorScheme }, async (page) => {
      await mark(page);
      await page.getByRole("link", { name: /^Filter/ }).click();
      const panel = page.locator("#filter");
      assert.ok(await panel.isVisible());
      assert.equal(await page.evaluate(() => location.hash), "");
      await unfold(page, "in-rating");
      await tick(page, "in-rating", /Teen And Up/).check();
      await page.locator("#apply", { hasText: "Show 3 works" }).waitFor();
      assert.ok(await panel.isVisible(), "it stays open");
      await accessible(page);
      await site.picture(page, `sheet ${colorScheme}`);
      const [wide, room] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
      ]);
      assert.ok(wide <= room, `${wide} px wide in ${room} px`);
      await submit(page);
      await panel.waitFor({ state: "hidden" });
      assert.equal((await titles(page)).length, 3);
      await page.getByRole("link", { name: /^Filter/ }).click();
      await page.keyboard.press("Escape");
      assert.ok(!(await panel.isVisible()));
      assert.match(await page.evaluate(() => document.activeElement.className), /open-panel/);
      assert.ok(await isMarked(page));
    }));
}

test("behind the open sheet nothing can be reached", () =>
  site.visit("/", WINDOWS.phone, async (page) => {
    await page.getByRole("link", { name: /^Filter/ }).click();
    for (let stop = 0; stop < 40; stop++) {
      await page.keyboard.press("Tab");
      const inside = await page.evaluate(() => {
        const at = document.activeElement;
        return at === document.body || at.classList.contains("skip") || !!at.closest("#filter");
      });
      assert.ok(inside, `stop ${stop} is in the sheet`);
    }
  }));

test("the keyboard alone filters", () =>
  site.visit("/", {}, async (page) => {
    const to = async (what, most) => {
      for (let stop = 0; stop < most; stop++) {
        if (await page.evaluate((what) => document.activeElement.matches(what), what)) return;
        await page.keyboard.press("Tab");
      }
      assert.fail(`${what} is not reached in ${most} stops`);
    };
    await to(".open-panel", 20);
    assert.ok(await page.locator(".open-panel").isVisible());
    await page.keyboard.press("Enter");
    await to("#in-rating > summary", 12);
    await page.keyboard.press("Enter");
    await to("input[name=in-rating]", 3);
    await page.keyboard.press("Space");
    await page.waitForURL(/rating/);
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.activeElement.matches("input[name=in-rating]")));
  }));

test("a panel with every group open is accessible and fits", async () => {
  for (const window of [WINDOWS.desktop, WINDOWS.phone]) {
    for (const colorScheme of ["light", "dark"]) {
      await site.visit("/?q=-additional:Humour#filter", { ...window, colorScheme }, async (page) => {
        await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
        await accessible(page);
        await site.picture(page, `every group ${window.viewport.width} ${colorScheme}`);
        const [wide, room] = await page.evaluate(() => [
          document.documentElement.scrollWidth,
          document.documentElement.clientWidth,
        ]);
        assert.ok(wide <= room, `${wide} px wide in ${room} px`);
      });
    }
  }
});
