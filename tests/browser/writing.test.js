// The whole way of a writer: a file found again, brought in, tweaked, compared, restored, scheduled,
// posted with a note, read by a visitor, taken away. With the editor, and without a script.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { resolve } from "node:path";
import { Site, WINDOWS, plain, violations, widths } from "./site.js";

const SAMPLE = resolve(import.meta.dirname, "../../../shared/samples/one-shot.txt");
const OWN = `AN: a one shot that I found on an old disk, an AU

Disclaimer: the harbour is not mine.

The lamp went out at nine. Wilhelmina counted the boats again and there was one too few.

"Stay here." She said, and took the stairs two at a time.

Nobody did as she said, that night or any other, and the boat came in by itself at dawn.
`;

const OURS = { name: "old.txt", mimeType: "text/plain", buffer: Buffer.from(OWN) };

/** The sample where it is, else a story of our own that has the same faults. */
function file() {
  if (existsSync(SAMPLE)) return SAMPLE;
  console.log("the sample is not here: a story of our own stands in for it");
  return OURS;
}

let site;
before(async () => {
  site = await Site.open();
  await site.signIn();
});
after(() => site?.close());

const main = async (page) => plain(await page.locator("main").innerText());
const press = (page, name) => page.getByRole("button", { name }).first().click();

/** What somebody sees who never signed in. */
async function visitor(path, status, look = async () => {}) {
  const context = await site.browser.newContext(WINDOWS.phone);
  try {
    const page = await context.newPage();
    const answer = await page.goto(site.origin + path);
    assert.equal(answer.status(), status, path);
    return await look(page);
  } finally {
    await context.close();
  }
}

async function fits(page) {
  const [wide, window] = await widths(page);
  assert.ok(wide <= window, `${page.url()} is ${wide} wide in ${window}`);
}

for (const [name, window] of Object.entries(WINDOWS)) {
  test(`tweak it, edit it, voilà: ${name}`, async () => {
    await site.visit("/write/upload", window, async (page) => {
      assert.deepEqual(await violations(page), []);
      await page.getByLabel("Choose files").setInputFiles(file());
      await press(page, "Bring them in");
      await page.locator("[data-taken] a[href$='/edit/about']").first().click();
      const work = new URL(page.url()).pathname.replace("/edit/about", "");
      await page.getByText("Read out of the text").waitFor();
      assert.deepEqual(await violations(page), []);
      await fits(page);
      await site.picture(page, `about a work ${name}`);

      // Tweak it: a sentence at the end, saved by itself.
      await page.goto(`${site.origin}${work}/edit/chapters/1`);
      const text = page.locator(".ProseMirror").first();
      await text.waitFor();
      await text.locator("p").last().click();
      await page.keyboard.press("End");
      await page.keyboard.press("Control+End");
      await page.keyboard.type(" And that was that, said the gull.");
      await page.getByText(/^saved/i).first().waitFor();
      await fits(page);
      assert.deepEqual(await violations(page), []);
      await site.picture(page, `editor ${name}`);
      await page.reload();
      assert.match(await page.locator(".ProseMirror").first().innerText(), /said the gull/);

      // Compare it with what came out of the file, and take it back, and take that back.
      await page.goto(`${site.origin}${work}/revisions`);
      await page.getByRole("link", { name: /What changed/ }).first().click();
      assert.match(await page.locator("ins").first().innerText(), /gull/);
      assert.deepEqual(await violations(page), []);
      await fits(page);
      await press(page, "Have this as it was");
      await page.goto(`${site.origin}${work}/edit/chapters/1`);
      assert.doesNotMatch(await page.locator(".ProseMirror").first().innerText(), /gull/);
      await page.goto(`${site.origin}${work}/revisions`);
      await page.getByText("Name or restore").nth(1).click();
      await page.getByRole("button", { name: "Make the draft be as it was here" }).first().click();
      await page.goto(`${site.origin}${work}/edit/chapters/1`);
      assert.match(await page.locator(".ProseMirror").first().innerText(), /said the gull/);

      // It is looked at as readers would see it.
      await page.goto(`${site.origin}${work}/edit/about`);
      await page.getByRole("link", { name: "As readers would see it" }).click();
      assert.match(await page.locator("article").innerText(), /said the gull/);
      assert.deepEqual(await violations(page), []);
      await fits(page);
      await site.picture(page, `draft as readers would see it ${name}`);

      // Nobody else sees it, also not while it waits for its time.
      await page.goto(`${site.origin}${work}/edit/about`);
      const title = `The Boat That Came In By Itself, ${name}`;
      await page.getByLabel("Title", { exact: true }).fill(title);
      await page.getByText("Post later").click();
      await page.getByLabel(/^On/).fill("2199-12-31T12:00");
      await press(page, "Save and post then");
      assert.match(await main(page), /to be posted on 2199-12-31/);
      await visitor(work, 404);
      await visitor(`${work}/chapters/1`, 404);

      // Post it with a note; it is read, found and taken away.
      await page.getByLabel("Author’s note before the work").fill("Found it, tweaked it, *voilà*.");
      await page.getByLabel("Rating").selectOption("Teen And Up Audiences");
      await page.locator("input[name=accept]").first().check();
      await press(page, /^Save and post$/);
      assert.equal(new URL(page.url()).pathname, work);
      await visitor(work, 200, async (page) => {
        const text = await main(page);
        assert.ok(text.includes(plain(title)), text);
        assert.match(text, /found it, tweaked it, voilà/);
        assert.match(text, /teen and up audiences/);
        const epub = await page.request.get(`${site.origin}${work}/download/epub`);
        assert.equal(epub.headers()["content-type"], "application/epub+zip");
      });
      await visitor(`${work}/chapters/1`, 200, async (page) => {
        assert.match(await main(page), /said the gull/);
      });

      // What is changed afterwards is a draft until it is shown in one step.
      await page.getByRole("link", { name: "Edit", exact: true }).click();
      await page.getByRole("link", { name: "Chapter 1" }).click();
      await page.locator(".ProseMirror").first().locator("p").last().click();
      await page.keyboard.press("Control+End");
      await page.keyboard.type(" Twice.");
      await page.getByText(/^saved/i).first().waitFor();
      await visitor(`${work}/chapters/1`, 200, async (page) => {
        assert.doesNotMatch(await main(page), /twice\./);
      });
      await page.goto(`${site.origin}${work}/edit`);
      await fits(page);
      assert.deepEqual(await violations(page), []);
      await press(page, "Post these changes");
      await visitor(`${work}/chapters/1`, 200, async (page) => {
        assert.match(await main(page), /gull\. twice\./);
      });
    });
  });
}

test("the same with a plain form, without a script", async () => {
  const options = { ...WINDOWS.phone, javaScriptEnabled: false };
  await site.visit("/write/upload", options, async (page) => {
    await page.getByLabel("Choose files").setInputFiles(file());
    await press(page, "Bring them in");
    await page.locator("[data-taken] a[href$='/edit/about']").first().click();
    const work = new URL(page.url()).pathname.replace("/edit/about", "");
    await page.goto(`${site.origin}${work}/edit/chapters/1`);
    const box = page.locator("textarea[name=text]");
    await box.fill(`${await box.inputValue()}\n\nAnd *that* was that.\n`);
    await press(page, "Save");
    assert.match(await main(page), /saved as a draft/);
    await page.goto(`${site.origin}${work}/edit/about`);
    await page.getByLabel("Title", { exact: true }).fill("Without a Script");
    await press(page, /^Save and post$/);
    await visitor(`${work}/chapters/1`, 200, async (page) => {
      assert.equal(await page.locator(".story em").last().innerText(), "that");
    });
  });
});

test("the proofreader marks what the file has wrong, and one press puts it right", async () => {
  await site.visit("/write/upload", {}, async (page) => {
    await page.getByLabel("Choose files").setInputFiles({
      name: "marks.txt",
      mimeType: "text/plain",
      buffer: Buffer.from(OWN),
    });
    await press(page, "Bring them in");
    await page.locator("[data-taken] a[href$='/edit/about']").first().click();
    const work = new URL(page.url()).pathname.replace("/edit/about", "");
    await page.goto(`${site.origin}${work}/edit/chapters/1`);
    const text = page.locator(".ProseMirror").first();
    await text.waitFor();
    await press(page, /^Proofread/);
    await text.locator(".ed-proof").first().waitFor();
    await site.picture(page, "proofreader");
    assert.deepEqual(await violations(page), []);
    // The first mark from the keyboard alone.
    await page.locator(".ed-proof-list button").first().focus();
    await page.keyboard.press("a");
    await page.getByText(/^saved/i).first().waitFor();
    assert.match(await text.innerText(), /“?"?Stay here,["”] she said/);
  });
});

/** Goes on with Tab until the named thing has the focus, which has to be seen. */
async function reach(page, name, key = "Tab") {
  const seen = [];
  for (let at = 0; at < 250; at++) {
    await page.keyboard.press(key);
    const [own, outlined] = await page.evaluate(() => {
      const element = document.activeElement;
      const label = document.getElementById(element.getAttribute("aria-labelledby"));
      const words = element.getAttribute("aria-label") ?? (label ?? element.labels?.[0])?.innerText
        ?? (element === document.body ? "" : element.innerText || element.value || "");
      const { outlineStyle, boxShadow } = getComputedStyle(element);
      return [words.trim(), outlineStyle !== "none" || boxShadow !== "none"];
    });
    if (name.test(own)) {
      assert.ok(outlined, `nobody sees that “${own}” has the focus`);
      return;
    }
    seen.push(own);
  }
  assert.fail(`${name} is not reached by the keyboard: ${[...new Set(seen)].join(" | ")}`);
}

async function wholeWayByKeys(story, accepted) {
  await site.visit("/", {}, async (page) => {
    // Asked for before the key is hit: what opens in the same moment would be missed.
    const chosen = new Promise((done) => page.once("filechooser", done));
    const go = async (name) => {
      await reach(page, name);
      await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
    };
    const type = async (name, words) => {
      await reach(page, name);
      await page.keyboard.press("Control+A");
      await page.keyboard.type(words);
    };
    await go(/^Write$/);
    await go(/^Bring files in$/);
    await reach(page, /^Choose files$/);
    await page.keyboard.press("Enter");
    await (await chosen).setFiles(story);
    await reach(page, /^Bring them in$/);
    await page.keyboard.press("Enter");
    const taken = page.locator("[data-taken] a[href$='/edit/about']").first();
    const title = await taken.innerText();
    await go({ test: (words) => words === title });
    const work = new URL(page.url()).pathname.replace("/edit/about", "");

    // Tweak it: the next mark of the proofreader is accepted where it stands, then a sentence more.
    await go(/The text$/);
    await go(/^Chapter 1$/);
    await page.locator(".ProseMirror").first().waitFor();
    await reach(page, /^Text$/);
    await page.keyboard.press("F8");
    await page.locator(".ed-proof").first().waitFor();
    await page.keyboard.press("F8");
    await page.keyboard.press("Alt+Enter");
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" Nobody used a mouse.");
    await page.keyboard.press("Control+S");
    await page.getByText(/^saved/i).first().waitFor();
    // The buttons above the text are one stop, with arrows between them.
    await page.keyboard.press("Shift+ArrowLeft");
    await page.keyboard.press("Alt+F10");
    await reach(page, /^Italic$/, "ArrowRight");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+S");
    await go(/^History$/);
    await go(/What changed/);
    assert.match(await page.locator("ins").last().innerText(), /mouse/);

    await page.goto(`${site.origin}${work}/edit/about`);
    await type(/^Title$/, "By Keys Alone");
    await reach(page, /^Rating$/);
    await page.keyboard.type("Gen");
    await reach(page, /^Author’s note before/);
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" Posted without a mouse.");
    await go(/^Save and post$/);
    assert.equal(new URL(page.url()).pathname, work);
    await visitor(`${work}/chapters/1`, 200, async (page) => {
      const text = await main(page);
      assert.match(text, /nobody used a mouse/);
      assert.match(text, accepted);
      assert.equal(await page.locator(".story em").last().innerText(), ".");
    });
    await visitor(work, 200, async (page) => {
      assert.match(await main(page), /general audiences/);
    });
  });
}

test("the whole way by the keyboard alone", () => wholeWayByKeys(OURS, /[“"]stay here,[”"] she said/));

const skip = existsSync(SAMPLE) ? false : "the sample is not here";
test("the whole way by the keyboard alone, on the sample", { skip }, () => wholeWayByKeys(SAMPLE, /./));


test("a new chapter begins where the cursor stands, and names are not spelled", async () => {
  await site.visit("/write/new", {}, async (page) => {
    await page.getByLabel("Title").fill("Two in One");
    await page.getByRole("textbox", { name: /^Text/ }).first().waitFor();
    const plainText = page.locator("textarea[name=text]");
    if (await plainText.isVisible()) await plainText.fill("First Wilhelmina came.\n\nThen Wilhelmina went. Wilhelmina’s lamp stayed.");
    else await page.locator(".ProseMirror").first().pressSequentially("First Wilhelmina came.\nThen Wilhelmina went. Wilhelmina’s lamp stayed.");
    await press(page, /^(Begin|Save|Keep)/);
    const work = new URL(page.url()).pathname.replace("/edit", "");
    await page.goto(`${site.origin}${work}/edit/chapters/1`);
    const text = page.locator(".ProseMirror").first();
    await text.waitFor();
    const spelled = await text.locator("[spellcheck=false]").allInnerTexts();
    assert.deepEqual(spelled, ["Wilhelmina", "Wilhelmina", "Wilhelmina’s"]);
    await text.locator("p").last().click();
    await page.keyboard.press("Home");
    await page.keyboard.type("Wilhelmina wept. ");
    assert.equal(await text.locator("[spellcheck=false]").count(), 4, "names that are typed, too");
    for (let at = 0; at < "Then Wilhelmina went. ".length; at++) await page.keyboard.press("ArrowRight");
    await page.getByRole("button", { name: "Begin a new chapter here" }).click();
    await page.waitForURL(`${site.origin}${work}/edit/chapters/2`);
    assert.equal(await page.locator(".ProseMirror").first().innerText(), "Wilhelmina’s lamp stayed.");
    await page.goto(`${site.origin}${work}/edit/chapters/1`);
    assert.match(await page.locator(".ProseMirror").first().innerText(), /wept\. Then Wilhelmina went\.\s*$/);
    await page.keyboard.press("Control+Home");

    // Tidy both up at once, and look at what it did.
    await page.goto(`${site.origin}${work}/edit`);
    await page.getByRole("link", { name: "Tidy up" }).click();
    await page.getByLabel("Quotes and apostrophes").selectOption("straight");
    await press(page, "Show what would change");
    assert.deepEqual(await violations(page), []);
    await site.picture(page, "tidy up");
    await press(page, /^Tidy up 1 place/);
    await page.locator("ol.difference").first().waitFor();
    assert.equal(await page.locator("del").first().innerText(), "Wilhelmina’s");
    await page.goto(`${site.origin}${work}/edit/chapters/2`);
    assert.equal(await page.locator(".ProseMirror").first().innerText(), "Wilhelmina's lamp stayed.");
  });
});
