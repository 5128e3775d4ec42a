// Beta readers: a stranger reads a draft on a phone, with and without a script, and says what could
// be better; its writer decides with the keyboard alone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Site, WINDOWS, plain, violations, widths } from "./site.js";

const TEXT = `The *lamp* went out at nine, and the keeper counted the boats.

There was one too few. The tide had turned an hour before, and nobody had seen it turn.

***

> “No,” she said, and took the stairs two at a time.

- one boat
- two oars
`;

let site;
before(async () => {
  site = await Site.open();
  await site.signIn();
});
after(() => site?.close());

const main = async (page) => plain(await page.locator("main").innerText());

async function sound(page, name) {
  const [wide, window] = await widths(page);
  assert.ok(wide <= window, `${page.url()} is ${wide} wide in ${window}`);
  assert.deepEqual(await violations(page), []);
  await site.picture(page, name);
}

/** A draft of one chapter: its path, and a link to it for beta readers. */
async function draft(title) {
  return site.visit("/write/new", {}, async (page) => {
    await page.getByLabel("Title").fill(title);
    await page.getByLabel(/^Text/).fill(TEXT);
    await page.getByRole("button", { name: "Begin" }).click();
    const work = new URL(page.url()).pathname.replace("/edit", "");
    await page.getByRole("link", { name: /^Beta readers/ }).click();
    await sound(page, `beta no link ${title}`);
    await page.getByLabel(/Name of the link/).fill("Mina’s read");
    await page.getByRole("button", { name: "Make a link" }).click();
    await sound(page, `beta new link ${title}`);
    const link = new URL(await page.locator("[data-link]").getAttribute("href"), page.url());
    assert.equal(await page.locator("[data-link]").innerText(), link.href);
    assert.ok(await page.locator("[data-copy]").isVisible());
    return { work, link: link.pathname };
  });
}

/** Opens a path as somebody who never signed in. */
async function stranger(path, options, look) {
  const owner = site.owner;
  site.owner = undefined;
  try {
    return await site.visit(path, options, look);
  } finally {
    site.owner = owner;
  }
}

/** Chooses words as a finger or a mouse does. */
const choose = (page, words) =>
  page.evaluate((words) => {
    const walker = document.createTreeWalker(
      document.querySelector(".pieces"),
      NodeFilter.SHOW_TEXT,
    );
    while (walker.nextNode()) {
      const at = walker.currentNode.data.indexOf(words);
      if (at < 0) continue;
      const range = new Range();
      range.setStart(walker.currentNode, at);
      range.setEnd(walker.currentNode, at + words.length);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      return;
    }
    throw new Error(`no ${words}`);
  }, words);

test("a stranger on a phone chooses words, and the writer accepts by the keyboard", async () => {
  const { work, link } = await draft("Lamp One");
  await stranger(link, WINDOWS.phone, async (page) => {
    await sound(page, "beta contents phone");
    await page.getByRole("link", { name: "Read", exact: true }).click();
    await sound(page, "beta chapter phone");
    assert.equal((await page.context().cookies()).length, 0, "nobody is known for reading");

    await choose(page, "an hour before");
    await page.getByRole("button", { name: /^Remark on/ }).click();
    await sound(page, "beta box phone");
    await page.getByLabel("Or write instead").fill("hours ago");
    await page.getByLabel("Your name").fill("Mina");
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator(".said ins").waitFor();
    assert.match(await main(page), /mina without an account/);
    const cookies = await page.context().cookies();
    assert.deepEqual(
      cookies.map(({ name, path }) => [name, path]),
      [["fanfold-beta", "/beta/"]],
    );

    // Words within emphasis, and in a list; the name is known now.
    await choose(page, "lamp");
    await page.getByRole("button", { name: /^Remark on/ }).click();
    assert.equal(await page.getByLabel("Your name").inputValue(), "Mina");
    await page.getByLabel("Or write instead").fill("lantern");
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator(".said ins").nth(1).waitFor();
    await choose(page, "two oars");
    await page.getByRole("button", { name: /^Remark on/ }).click();
    await page.getByLabel("What do you say of these words?").fill("Why not three?");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("Why not three?").waitFor();
    await sound(page, "beta said phone");

    // What one said can be taken back.
    await page.getByRole("button", { name: "Take it back" }).last().click();
    await page.getByText("Why not three?").waitFor({ state: "detached" });
    assert.equal(await page.locator(".said > li").count(), 2);
  });
  await stranger(`${link}/chapters/1`, {}, async (page) => {
    await sound(page, "beta chapter desktop");
    assert.equal(await page.getByRole("button", { name: "Take it back" }).count(), 0);
  });
  await stranger(`${link}/chapters/1`, { ...WINDOWS.desktop, colorScheme: "dark" }, async (page) => {
    await sound(page, "beta chapter dark");
  });

  await site.visit(`${work}/edit`, {}, async (page) => {
    const to = page.getByRole("link", { name: "Beta readers (2 wait)" });
    await to.focus();
    await page.keyboard.press("Enter");
    await page.locator("[data-remark]").first().waitFor();
    await sound(page, "beta desk desktop");
    await page.keyboard.press("j");
    assert.match(await page.locator(":focus .passage").innerText(), /lamp\s*lantern/);
    await page.keyboard.press("a");
    await page.getByText("The words are in the draft").waitFor();
    // The next one has the focus already.
    assert.match(await page.locator(":focus .passage").innerText(), /an hour before\s*hours ago/);
    await page.locator(":focus").getByText(/^Answer/).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Not this one: the keeper is exact.");
    await page.locator(":focus").evaluate((box) => box.closest("[data-remark]").focus());
    await page.keyboard.press("d");
    await page.getByText("Nothing.").waitFor();
    await page.getByText("What was decided").click();
    await sound(page, "beta decided desktop");
    await page.goto(`${site.origin}${work}/edit/chapters/1`);
    const text = page.locator(".ProseMirror").first();
    await text.waitFor();
    assert.equal(await text.locator("em").first().innerText(), "lantern");
    assert.match(await text.innerText(), /an hour before/);
    await page.goto(`${site.origin}${work}/revisions`);
    assert.match(await main(page), /mina's suggestion/);
  });
  await stranger(`${link}/chapters/1`, WINDOWS.phone, async (page) => {
    const text = await main(page);
    assert.match(text, /accepted/);
    assert.match(text, /not taken.*the keeper is exact/);
    await sound(page, "beta answered phone");
  });
});

test("what was typed and not sent is there again, for the words that it was of", async () => {
  const { link } = await draft("Lamp Four");
  await stranger(`${link}/chapters/1`, WINDOWS.phone, async (page) => {
    const [said, instead] = ["What do you say of these words?", "Or write instead"].map((label) =>
      page.getByLabel(label),
    );
    const [start, goOn] = [/^Remark on/, /^Go on with/].map((name) =>
      page.getByRole("button", { name }),
    );
    const on = async (words) => {
      await choose(page, words);
      await start.filter({ hasText: words }).click();
    };
    const texts = async () => [await said.inputValue(), await instead.inputValue()];
    // Looked at and closed, it leaves nothing.
    await on("an hour before");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("[data-box]").isVisible(), false);

    await on("an hour before");
    await said.fill("Was it?");
    await instead.fill("hours ago");
    await page.keyboard.press("Escape");
    await goOn.waitFor();
    await sound(page, "beta unsent phone");
    await goOn.click();
    assert.deepEqual(await texts(), ["Was it?", "hours ago"]);
    await page.getByRole("button", { name: "Close" }).click();

    // Of other words nothing was said yet; the same words are still the same.
    await on("one too few");
    assert.deepEqual(await texts(), ["", "one too few"]);
    await said.fill("Which?");
    await page.keyboard.press("Escape");
    assert.equal(await goOn.count(), 2);
    await sound(page, "beta unsent two phone");
    await choose(page, "an hour before");
    await start.waitFor({ state: "hidden" });
    await goOn.filter({ hasText: "an hour before" }).click();
    assert.deepEqual(await texts(), ["Was it?", "hours ago"]);

    // A page that is left while the form is open loses nothing either.
    await instead.fill("long ago");
    await page.reload();
    assert.equal(await goOn.count(), 2);
    await goOn.filter({ hasText: "an hour before" }).click();
    assert.deepEqual(await texts(), ["Was it?", "long ago"]);
    await page.getByLabel("Your name").fill("Mina");

    // Nor does one that could not be sent.
    const act = `**${link}/act`;
    await page.route(act, (route) => route.abort("aborted"));
    const failed = page.waitForEvent("requestfailed");
    await page.getByRole("button", { name: "Send" }).click();
    await failed;
    await page.unroute(act);
    await page.goto(`${site.origin}${link}`);
    await page.goBack();
    await goOn.filter({ hasText: "an hour before" }).click();
    assert.deepEqual(await texts(), ["Was it?", "long ago"]);
    await page.getByLabel("Your name").fill("Mina");
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator(".said ins").waitFor();

    // What was sent is there as a remark; the other waits.
    assert.equal(await goOn.count(), 1);
    await goOn.click();
    assert.deepEqual(await texts(), ["Which?", "one too few"]);
    await said.fill("");
    await page.getByRole("button", { name: "Close" }).click();
    assert.equal(await page.locator("[data-box]").isVisible(), false);
    await page.reload();
    assert.equal(await page.locator("[data-box]").isVisible(), false);
  });
});

test("the same without a script", async () => {
  const { work, link } = await draft("Lamp Two");
  const bare = { ...WINDOWS.phone, javaScriptEnabled: false };
  await stranger(`${link}/chapters/1`, bare, async (page) => {
    assert.equal(await page.locator("[data-box]").isVisible(), false);
    await page.getByRole("link", { name: "remark on paragraph 2", exact: true }).click();
    const box = page.getByLabel("The paragraph, to be changed");
    assert.match(await box.inputValue(), /^There was one too few\./);
    await page.getByLabel("Your name").fill("Lucy");
    await box.fill((await box.inputValue()).replace("nobody had seen", "no one saw"));
    await page.getByLabel("What do you say?").fill("Shorter?");
    await page.getByRole("button", { name: "Send to the writer" }).click();
    const text = await main(page);
    assert.match(text, /shorter\?/);
    assert.match(text, /nobody had seen no one saw/);
  });
  await stranger(`${link}/chapters/1/remark?paragraph=1`, WINDOWS.phone, async (page) => {
    await sound(page, "beta form phone");
  });
  await site.visit(`${work}/edit/beta`, bare, async (page) => {
    await page.getByRole("button", { name: /^Accept/ }).click();
    assert.match(await main(page), /the words are in the draft/);
    await page.getByRole("button", { name: /^Done/ }).click();
    await page.goto(`${site.origin}${work}/edit/chapters/1`);
    assert.match(await page.locator("textarea[name=text]").inputValue(), /and no one saw it turn/);
  });
  await site.visit(`${work}/edit/beta`, WINDOWS.phone, async (page) => {
    await sound(page, "beta desk phone");
    await page.getByText(/^Change/).click();
    await page.getByRole("button", { name: "Close it" }).click();
    assert.match(await main(page), /the link is closed/);
  });
  await stranger(link, { ...WINDOWS.phone, status: 404 }, async (page) => {
    assert.match(await main(page), /there is nothing here/);
  });
});

test("a passage that changed since is shown as it was and as it is", async () => {
  const { work, link } = await draft("Lamp Three");
  await stranger(`${link}/chapters/1`, {}, async (page) => {
    await choose(page, "one too few");
    await page.getByRole("button", { name: /^Remark on/ }).click();
    await page.getByLabel("Or write instead").fill("one too many");
    await page.getByLabel("Your name").fill("Mina");
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator(".said ins").waitFor();
  });
  await site.visit(`${work}/edit/chapters/1`, { javaScriptEnabled: false }, async (page) => {
    const box = page.locator("textarea[name=text]");
    await box.fill((await box.inputValue()).replace("one too few", "one boat too few"));
    await page.getByRole("button", { name: "Save" }).click();
  });
  for (const [name, window] of Object.entries(WINDOWS)) {
    await site.visit(`${work}/edit/beta`, window, async (page) => {
      const text = await main(page);
      assert.match(text, /this passage has changed since it was read/);
      assert.match(text, /as it is now:.*one boat too few/);
      assert.equal(await page.getByRole("button", { name: /^Accept/ }).count(), 0);
      await sound(page, `beta changed ${name}`);
    });
  }
});
