// A work that two write, a gift, and a work that comes from it: on a desktop and a telephone, by
// keyboard, without a script, and accessible in every state.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Site, WINDOWS, violations, widths } from "./site.js";

const PASSWORD = "tide lamp kettle";

let site;
before(async () => {
  site = await Site.open();
  await site.signIn();
  people.Owner = site.owner;
  for (const name of ["Ann", "Ben"]) people[name] = await join(name);
  site.owner = undefined;
});
after(() => site?.close());

/** What the browsers of people keep, by name. */
const people = {};

/** Somebody makes an account with an invitation of the owner. */
async function join(name) {
  const link = await as("Owner", "/you", {}, async (page) => {
    await page.getByRole("button", { name: "Make a link" }).click();
    return page.locator("code.secret").first().innerText();
  });
  const context = await site.browser.newContext(WINDOWS.desktop);
  try {
    const page = await context.newPage();
    await page.goto(site.origin + link);
    await page.getByLabel(/name/i).first().fill(name);
    for (const field of await page.locator("input[type=password]").all()) await field.fill(PASSWORD);
    await page.locator("main form button").first().click();
    await page.waitForURL((url) => !url.pathname.startsWith("/invited"));
    return await context.storageState();
  } finally {
    await context.close();
  }
}

/** Opens a page as somebody. */
async function as(name, path, options, look) {
  site.owner = people[name];
  try {
    return await site.visit(path, options, look);
  } finally {
    site.owner = undefined;
  }
}

const WAYS = {
  desktop: { ...WINDOWS.desktop, colorScheme: "light" },
  "desktop, dark": { ...WINDOWS.desktop, colorScheme: "dark" },
  phone: { ...WINDOWS.phone, viewport: { width: 390, height: 800 }, colorScheme: "light" },
};

/** Holds a page to being accessible and as wide as the window, in every way. */
async function fits(who, path) {
  for (const [way, window] of Object.entries(WAYS)) {
    await as(who, path, window, async (page) => {
      for (const details of await page.locator("main details").all()) {
        await details.evaluate((element) => (element.open = true));
      }
      await site.picture(page, `authors ${who} ${path} ${way}`);
      assert.deepEqual(await violations(page), [], `${path}, ${way}`);
      const [wide, room] = await widths(page);
      assert.ok(wide <= room, `${path} is ${wide} px wide in a window of ${room} px`);
    });
  }
}

/** Somebody begins and posts a work; its path. */
const posts = (who, title, more = async () => {}) =>
  as(who, "/write/new", { javaScriptEnabled: false }, async (page) => {
    await page.getByLabel(/title/i).first().fill(title);
    await page.locator("textarea[name=text]").fill("The lamp was *lit*, and nobody sat by it.");
    await page.locator("main form button").first().click();
    await page.getByRole("link", { name: "Title, notes, tags and posting" }).click();
    await more(page);
    await page.getByRole("button", { name: "Save and post", exact: true }).click();
    return new URL(page.url()).pathname;
  });

test("two write a work: asked, answered, posted, left, without a script", async () => {
  const work = await posts("Ann", "Two Lamps");
  const plain = { javaScriptEnabled: false };
  await as("Ann", `${work}/edit`, plain, async (page) => {
    await page.getByRole("link", { name: "Invite a co-author" }).click();
    await page.getByLabel(/^Invite somebody/).fill("ben");
    await page.keyboard.press("Enter");
    assert.match(await page.getByRole("status").innerText(), /^Invited\./);
    assert.match(await page.locator("main").innerText(), /ben has not answered/);
  });
  await fits("Ann", `${work}/authors`);
  await fits("Ben", "/you/works");
  await as("Ben", "/write", plain, async (page) => {
    await page.getByRole("link", { name: /waits for your answer/ }).click();
    await page.getByRole("button", { name: /^Yes/ }).click();
    assert.match(await page.getByRole("status").innerText(), /You are a co-author/);
    await page.getByRole("link", { name: "Back to the text" }).click();
    await page.getByRole("button", { name: "Post these changes" }).click();
  });
  await as("Ben", work, {}, async (page) => {
    assert.match(await page.locator(".byline").innerText(), /by Ann, Ben/);
    assert.equal(await page.getByRole("link", { name: "Who may see it" }).count(), 0);
  });
  await fits("Ann", `${work}/authors`);
  await fits("Ben", `${work}/authors`);
  await as("Ben", `${work}/authors`, plain, async (page) => {
    await page.locator("summary", { hasText: "Leave" }).click();
    await page.getByRole("button", { name: /take my name off/ }).click();
    await page.waitForURL(/\/write$/);
  });
  await as("Ann", work, {}, async (page) => {
    assert.doesNotMatch(await page.locator(".byline").innerText(), /Ben/);
  });
});

test("a gift, and a work that was found by its title", async () => {
  const parent = await posts("Ben", "Brine");
  const child = await posts("Ann", "After Brine", async (page) => {
    await page.getByText("Gifts, and works that it comes from").click();
    await page.getByLabel(/^Gift for/).fill("Ben, somebody else");
    const inspired = page.getByRole("group", { name: "Inspired by" });
    await inspired.getByLabel("Title").fill("brine");
    await page.getByRole("button", { name: "Look for these titles here" }).click();
    await page.getByRole("radio", { name: "Brine by Ben" }).check();
    // Whatever was typed stands there still when works were looked for.
    assert.equal(await page.getByLabel(/^Gift for/).inputValue(), "Ben, somebody else");
    assert.equal(await inspired.getByLabel("Title").first().inputValue(), "brine");
  });
  await fits("Ann", `${child}/edit/about`);
  await as("Ann", child, {}, async (page) => {
    await page.getByRole("link", { name: "Brine by Ben" }).click();
    await page.waitForURL(new RegExp(`${parent}$`));
    assert.doesNotMatch(await page.locator("main").innerText(), /After Brine/);
  });
  await fits("Ben", "/you/works");
  await as("Ben", "/you/works", { javaScriptEnabled: false }, async (page) => {
    await page.getByRole("button", { name: /^List it/ }).click();
    await page.getByRole("button", { name: /^Do not name me/ }).click();
    assert.match(await page.locator("main").innerText(), /you are not named/);
  });
  await as("Ann", parent, {}, async (page) => {
    await page.getByRole("link", { name: "After Brine by Ann" }).click();
    const said = await page.locator("dl.about").innerText();
    assert.match(said, /somebody else/);
    assert.doesNotMatch(said, /Gift for\s+Ben/);
  });
});

test("Enter in a field of the form saves, whatever buttons stand in between", async () => {
  const work = await posts("Ann", "Enter");
  await as("Ann", `${work}/edit/about`, {}, async (page) => {
    await page.getByLabel("Title", { exact: true }).fill("Entered");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\?saved$/);
    assert.match(await page.getByRole("status").innerText(), /Saved/);
  });
});
