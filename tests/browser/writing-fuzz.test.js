// What the editor shows is what the store has, and what readers see: random steps and hostile pastes
// on the real program, saved, loaded again, posted.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { load, paste, text, until } from "./editor-bench.js";
import { SEED, STEPS, foreign, letters, payloads, randomSteps, samples } from "./editor-steps.js";
import { Site } from "./site.js";

let site;
before(async () => {
  site = await Site.open();
  await site.signIn();
});
after(() => site?.close());

/** Opens the editor of a new work; hands over its page and its address. */
const writing = (title, look) =>
  site.visit("/write/new", {}, async (page) => {
    page.on("dialog", (dialog) => assert.fail(`a script ran: ${dialog.message()}`));
    await page.getByLabel("Title").fill(title);
    await page.locator("textarea[name=text]").fill("Once.");
    await page.getByRole("button", { name: "Begin" }).click();
    const work = new URL(page.url()).pathname.replace(/\/edit.*/, "");
    const editor = `${site.origin}${work}/edit/chapters/1`;
    await page.goto(editor);
    await text(page).waitFor();
    await look(page, editor, work);
  });

/** The text as it is seen, lines apart: half a character at a line's end is not one with the next. */
const said = (page) =>
  page.evaluate(() => {
    const { doc } = document.querySelector("form.editor").fanfoldEditor.fields.get("text").view.state;
    return doc.textBetween(0, doc.content.size, "\n");
  });

/** Saves, and gives the text as the server's own page has it, before any script touched it. */
async function kept(page, editor) {
  await text(page).focus();
  await page.keyboard.press("Control+S");
  const state = page.locator(".ed-state");
  const is = async (...names) => names.includes(await state.getAttribute("data-state"));
  await until("an answer to the save", () => is("saved", "clean", "fault", "conflict"));
  assert.ok(await is("saved", "clean"), await page.locator(".ed-line").innerText());
  const answer = await page.request.get(editor);
  assert.equal(answer.status(), 200);
  const source = await answer.text();
  return source.split('<template data-html-of="text">')[1].split("</template>")[0];
}

test("random steps are saved as they are seen, and stay so", async (t) => {
  // More of them nest deeper than any text that is taken.
  const steps = Math.min(STEPS, 150);
  t.diagnostic(`FANFOLD_SEED=${SEED} FANFOLD_STEPS=${steps}`);
  await writing("Random steps", async (page, editor) => {
    const first = SEED % 90;
    // Pictures that were never kept would be asked for, and what is said above a word goes with it.
    const own = samples.filter((sample) => !/media\/|<ruby/.test(sample.html));
    for (const [at, sample] of own.slice(first, first + 12).entries()) {
      const seed = SEED + at;
      await page.evaluate(randomSteps, [seed, steps, [sample.html]]);
      const seen = await said(page);
      const saved = await kept(page, editor);
      assert.deepEqual(await foreign(page, saved), [], `seed ${seed}`);
      await page.goto(editor);
      await text(page).waitFor();
      assert.equal(letters(await said(page)), letters(seen), `seed ${seed}`);
    }
  });
});

test("hostile pastes are saved, shown to readers, and never run", async () => {
  await writing("Hostile pastes", async (page, editor, work) => {
    await load(page, "<p>x</p>");
    await text(page).focus();
    for (const payload of payloads) {
      await page.keyboard.press("Control+End");
      await paste(page, { "text/html": `<p>${payload}</p>`, "text/plain": payload });
      await until("the paste", async () => (await page.locator(".ed-pasting").count()) === 0);
    }
    const seen = await said(page);
    assert.deepEqual(await foreign(page, await kept(page, editor)), []);
    await page.goto(editor);
    await text(page).waitFor();
    assert.equal(letters(await said(page)), letters(seen));
    await page.goto(`${site.origin}${work}/edit/about`);
    await page.getByLabel("Fandoms").fill("Isles");
    await page.getByRole("button", { name: "Save and post", exact: true }).click();
    await page.goto(`${site.origin}${work}/chapters/1`);
    const story = page.locator(".story");
    const shown = (await story.allInnerTexts()).join("");
    assert.ok(shown.length > 200, shown);
    const live = "script, iframe, object, embed, form, style, svg, math, [onerror], [onclick], [style]";
    assert.equal(await story.locator(live).count(), 0);
    await page.waitForTimeout(300);
  });
});
