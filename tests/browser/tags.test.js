// Putting tags in order: with a button, with a key, on a phone, without JavaScript.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Site, WINDOWS, plain, violations, widths } from "./site.js";

const TALES = [
  ["Sea Tales", "Mira Vance", "Slow Burn, Storms", "lantern quay herring"],
  ["sea tales", "Mira Vance, Tobin Ash", "slow burn, Storm", "violin cellar moth"],
  ["Desert Days", "Old Omar", "Slow Burn, Found Family", "saddle cistern mirage"],
  ["Desert Days", "Old Omar", "found family, Slowburn", "kettle orchard thaw"],
];

let site, folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fanfold-tales-"));
  for (const [at, [fandom, characters, tags, words]] of TALES.entries()) {
    const name = words.split(" ")[0];
    await mkdir(join(folder, name));
    const line = `The ${words.replaceAll(" ", " and the ")} were all that ${name} left behind.`;
    const body = Array(9).fill(0).map((_, n) => `${line} So it went, ${name} ${n + at * 10}.`);
    const head = `Title: The ${name}\nFandom: ${fandom}\nCharacters: ${characters}\nTags: ${tags}`;
    await writeFile(join(folder, name, `${name}.txt`), `${head}\n\n${body.join("\n\n")}\n`);
  }
  site = await Site.open(folder, TALES.length);
  await site.signIn();
});
after(async () => {
  await site?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const main = async (page) => plain(await page.locator("main").innerText());
const pairs = (page) => page.locator("[data-pair]");

/** The path of the page of a tag. */
const tag = (name) =>
  site.visit(`/tags?q=${encodeURIComponent(name)}`, {}, async (page) => {
    const links = page.locator("main a", { hasText: new RegExp(`^${name}$`) });
    return links.first().getAttribute("href");
  });

const PAGES = async () => ({
  "all tags": "/tags",
  "tags found": "/tags?q=slow",
  "a tag": await tag("Sea Tales"),
  "look-alikes": "/tags/proposals",
  "the log": "/tags/log",
});

const WAYS = {
  "light on a desktop": { ...WINDOWS.desktop, colorScheme: "light" },
  "dark on a phone": { ...WINDOWS.phone, colorScheme: "dark" },
  "without JavaScript": { ...WINDOWS.phone, colorScheme: "light", javaScriptEnabled: false },
};

for (const [way, { javaScriptEnabled = true, ...window }] of Object.entries(WAYS)) {
  test(`pages of tags are accessible and fit, ${way}`, async (t) => {
    for (const [name, path] of Object.entries(await PAGES())) {
      await t.test(name, () =>
        site.visit(path, { ...window, javaScriptEnabled }, async (page) => {
          for (const folded of await page.locator("main summary").all()) await folded.click();
          await site.picture(page, `${name} ${way}`);
          if (javaScriptEnabled) assert.deepEqual(await violations(page), []);
          const [wide, room] = await widths(page);
          assert.ok(wide <= room, `${wide} px wide in a window of ${room} px`);
          for (const button of await page.locator("main button").all()) {
            const { width, height } = await button.boundingBox();
            assert.ok(width >= 44 && height >= 36, `a button of ${width} by ${height}`);
          }
        }),
      );
    }
  });
}

test("look-alikes are decided by single keys, and undone", async () => {
  await site.visit("/tags/proposals", {}, async (page) => {
    const before = await pairs(page).count();
    assert.ok(before >= 4, await main(page));
    while (!(await page.evaluate(() => document.activeElement.matches("[data-pair]")))) {
      await page.keyboard.press("Tab");
    }
    const focused = () => page.evaluate(() => document.activeElement.dataset.pair);
    const first = await focused();
    assert.equal(first, await pairs(page).first().getAttribute("data-pair"));
    await page.keyboard.press("ArrowDown");
    assert.notEqual(await focused(), first);
    await page.keyboard.press("ArrowUp");
    assert.equal(await focused(), first);

    await page.keyboard.press("a");
    await page.getByRole("status").getByText("Done: merged").waitFor();
    assert.equal(await pairs(page).count(), before - 1);
    assert.equal(await focused(), await pairs(page).first().getAttribute("data-pair"));
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press("u");
    await page.getByRole("status").getByText("Done: undid").waitFor();
    assert.equal(await pairs(page).count(), before);

    await pairs(page).first().focus();
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("Done: merged").waitFor();
    await page.keyboard.press("t");
    await page.getByRole("status").getByText("Done: kept").waitFor();
    assert.equal(await pairs(page).count(), before - 2);
    // What is written in a row stays a link.
    await pairs(page).first().locator("a").first().focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/tags\/\d+$/);
  });
});

test("without JavaScript the same is done by buttons", async () => {
  const window = { ...WINDOWS.phone, javaScriptEnabled: false };
  await site.visit("/tags/proposals", window, async (page) => {
    const before = await pairs(page).count();
    await pairs(page).first().getByRole("button", { name: /^One tag/ }).click();
    await page.waitForURL(/proposals\?done=\d+$/);
    assert.equal(await pairs(page).count(), before - 1);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.waitForURL(/proposals\?done=\d+$/);
    assert.equal(await pairs(page).count(), before);
  });
  await site.visit("/tags/log", window, async (page) => {
    assert.match(await main(page), /undid act \d+/);
    assert.ok((await page.getByRole("button", { name: /^Undo/ }).count()) >= 1);
  });
});

test("a tag is put in order on its own page", async () => {
  const path = await tag("Desert Days");
  await site.visit(path, {}, async (page) => {
    assert.match(await main(page), /2 works/);
    await page.getByText("Put this tag in order").click();
    const medium = page.getByLabel("It belongs to the medium");
    await medium.pressSequentially("book");
    const option = page.locator("#parent-names option");
    await option.first().waitFor({ state: "attached" });
    assert.equal(await option.first().getAttribute("value"), "Books & Literature");
    await medium.fill("Books & Literature");
    await page.getByRole("button", { name: "Let it belong there" }).click();
    await page.getByRole("status").getByText("Done: gave “Desert Days”").waitFor();
    assert.match(await main(page), /belongs to books & literature/);
  });
  await site.visit("/tags", {}, async (page) => {
    await page.getByRole("link", { name: "Books & Literature" }).click();
    await page.getByRole("heading", { level: 1, name: "Books & Literature" }).waitFor();
    assert.match(await main(page), /desert days/);
  });
});

test("what cannot be done is said, and what was typed stays", async () => {
  const path = await tag("Old Omar");
  const context = await site.browser.newContext({ ...WINDOWS.desktop, storageState: site.owner });
  try {
    const page = await context.newPage();
    await page.goto(site.origin + path);
    await page.getByText("Put this tag in order").click();
    await page.getByLabel("It is another spelling of").fill("Young Omar");
    await page.getByRole("button", { name: "Merge" }).click();
    await page.getByRole("alert").getByText("There is no character “Young Omar”").waitFor();
    assert.equal(await page.getByLabel("It is another spelling of").inputValue(), "Young Omar");
    assert.deepEqual(await violations(page), []);
  } finally {
    await context.close();
  }
});

test("another site's page cannot change tags", async () => {
  const context = await site.browser.newContext({ ...WINDOWS.desktop, storageState: site.owner });
  try {
    const page = await context.newPage();
    const form = `<form method="post" action="${site.origin}/tags/act">
      <input name="act" value="undo"><input name="number" value="1">
      <input name="back" value="/tags/log"><button>Win a lamp</button></form>`;
    await page.route("http://elsewhere.example/", (route) =>
      route.fulfill({ contentType: "text/html", body: form }),
    );
    await page.goto("http://elsewhere.example/");
    const answer = page.waitForResponse(`${site.origin}/tags/act`);
    await page.getByRole("button").click();
    assert.equal((await answer).status(), 403);
    await page.getByText("This came from somewhere else").waitFor();
  } finally {
    await context.close();
  }
});
