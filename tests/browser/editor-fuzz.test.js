// What is loaded is what is saved, whatever was typed and pasted: printed samples, random steps,
// hostile pastes, hostile answers.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Bench, html, load, paste, text, until } from "./editor-bench.js";
import { SEED, STEPS, foreign, letters, payloads, randomSteps, samples } from "./editor-steps.js";

let bench;
before(async () => (bench = await Bench.open()));
after(() => bench?.close());
beforeEach(() => bench.server.reset());

test("every sample that the server printed goes back byte for byte, with its words counted", () =>
  bench.visit({}, async (page) => {
    assert.ok(samples.length > 100);
    const got = await page.evaluate((list) => {
      const field = document.querySelector("form.editor").fanfoldEditor.fields.get("text");
      return list.map((sample) => {
        field.replace(sample);
        field.view.state.doc.check();
        return [field.html(), field.words];
      });
    }, samples.map((sample) => sample.html));
    got.forEach(([printed, words], at) => {
      assert.equal(printed, samples[at].html);
      assert.equal(words, samples[at].words, samples[at].html);
    });
  }));

test("every sample that was touched everywhere says the same: text, blocks, and the marks of each letter", () =>
  bench.visit({}, async (page) => {
    const faults = await page.evaluate((list) => {
      const field = document.querySelector("form.editor").fanfoldEditor.fields.get("text");
      const { view } = field;
      const faults = [];
      for (const sample of list) {
        field.replace(sample);
        const wanted = view.state.doc;
        // The same document of new nodes: nothing of it is remembered as it came.
        const anew = wanted.type.schema.nodeFromJSON(wanted.toJSON());
        view.dispatch(view.state.tr.replaceWith(0, wanted.content.size, anew.content));
        const printed = field.html();
        field.replace(printed);
        if (!view.state.doc.eq(wanted)) faults.push([sample, printed]);
      }
      return faults;
    }, samples.map((sample) => sample.html));
    assert.deepEqual(faults.slice(0, 1), []);
  }));

test("random steps: what is printed holds only the schema, and reads back as it was seen", async (t) => {
  t.diagnostic(`FANFOLD_SEED=${SEED} FANFOLD_STEPS=${STEPS}`);
  await bench.visit({}, async (page) => {
    const starts = samples.slice(SEED % 100, (SEED % 100) + 25).map((sample) => sample.html);
    const runs = await page.evaluate(randomSteps, [SEED, STEPS, starts]);
    let taken = 0;
    for (const run of runs) {
      taken += run.taken;
      assert.deepEqual(await foreign(page, run.printed), [], `seed ${SEED}`);
      assert.equal(run.live, 0, `seed ${SEED}`);
      assert.ok(!run.links.some((link) => /^(javascript|data):/i.test(link)), `seed ${SEED}: ${run.links}`);
      assert.equal(letters(run.shown), letters(run.seen), `seed ${SEED}`);
      assert.equal(run.third, run.again, `seed ${SEED}: once read back, nothing changes any more`);
    }
    assert.ok(taken > runs.length * STEPS * 0.3, `${taken} steps were taken`);
  });
});

/** Without the page's policy: nothing but the editor itself stands between the text and its running. */
const unguarded = (look) => bench.visit({ bypassCSP: true }, look);

test("without the policy a script that got into the page would be noticed", () =>
  assert.rejects(unguarded(async (page) => {
    await page.evaluate(() => document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=alert(1)>"));
    await page.waitForTimeout(300);
  }), /a script ran/));

test("hostile pastes: nothing runs, loads or stays, also when the server does not clean them", () =>
  unguarded(async (page) => {
    await page.route("**/write/convert", (route) => {
      // A server that gives back what it was sent.
      const { text } = route.request().postDataJSON();
      return route.fulfill({ json: { text, warnings: [] } });
    });
    assert.ok(payloads.length > 150);
    for (const payload of payloads) {
      await load(page, "<p>x</p>");
      await text(page).focus();
      await paste(page, { "text/html": payload, "text/plain": "words" });
      await until("the paste", async () => (await page.locator(".ed-pasting").count()) === 0);
      assert.deepEqual(await foreign(page, await html(page)), [], payload);
      const live = await page.locator(".ProseMirror :is(script, iframe, object, embed, form, style, svg, math, [onerror])").count();
      assert.equal(live, 0, payload);
    }
  }));

test("hostile texts, loaded as if the server had printed them or copied here, are no better off", () =>
  unguarded(async (page) => {
    for (const payload of payloads) {
      await load(page, `<p>x</p>${payload}`);
      assert.deepEqual(await foreign(page, await html(page)), [], payload);
      await load(page, "<p>x</p>");
      await text(page).focus();
      await paste(page, { "text/html": `<div data-fanfold-copy="" data-pm-slice="0 0 []">${payload}</div>` });
      assert.deepEqual(await foreign(page, await html(page)), [], payload);
    }
    const forged = ['["link",{"href":"javascript:alert(1)"}]', '["quote",{"cite":"javascript:alert(1)","classes":"\\" onclick=x"}]',
      '["heading",{"level":"1 onclick=alert(1)"}]', '["division",{"align":"x\\" onclick=\\"alert(1)"}]'];
    for (const context of forged) {
      await load(page, "<p>x</p>");
      await text(page).focus();
      await paste(page, { "text/html": `<p data-fanfold-copy="" data-pm-slice='1 1 ${context}'>y</p>` });
      assert.deepEqual(await foreign(page, await html(page)), [], context);
    }
  }));
