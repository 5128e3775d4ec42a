// The editor in a real Chromium, against a small server of its contract: writing, saving, conflicts,
// pasting, views, finding. Access stands in editor-access.test.js, random input in editor-fuzz.test.js.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Bench, atEnd, html, load, moment, paste, says, state, text, until } from "./editor-bench.js";

let bench;
let server;
before(async () => {
  bench = await Bench.open();
  server = bench.server;
});
after(() => bench?.close());
beforeEach(() => server.reset());

const visit = (look, options = {}) => bench.visit(options, look);
const last = () => server.saves.at(-1)?.fields.text.html;
const dialog = (page) => page.getByRole("dialog");

// ---- writing ----------------------------------------------------------------------------------

test("keys and typed marks make what they say", () =>
  visit(async (page) => {
    const cases = [
      ["***\nx", "<hr/><p>x</p>"],
      ["* * *\nx", "<hr/><p>x</p>"],
      ["# One\ntwo", "<h1>One</h1><p>two</p>"],
      ["> said\n\nout", "<blockquote><p>said</p></blockquote><p>out</p>"],
      ["- a\nb\n\nout", "<ul><li>a</li><li>b</li></ul><p>out</p>"],
      ["3. a\nb", '<ol start="3"><li>a</li><li>b</li></ol>'],
      ["so *very* **much** _so_", "<p>so <em>very</em> <strong>much</strong> <em>so</em></p>"],
      ["2 * 3 * 4 and snake_case_name", "<p>2 * 3 * 4 and snake_case_name</p>"],
      ["a < b & \"c\"", "<p>a &lt; b &amp; &quot;c&quot;</p>"],
    ];
    for (const [typed, printed] of cases) {
      await load(page, "");
      await text(page).click();
      await page.keyboard.type(typed);
      assert.equal(await html(page), printed, typed);
    }
  }));

test("shortcuts and buttons set the same looks, and undo takes them back", () =>
  visit(async (page) => {
    const looks = [["b", "Bold", "strong"], ["i", "Italic", "em"], ["u", "Underline", "u"],
      ["Shift+x", "Strike through", "s"], [".", "Superscript", "sup"], [",", "Subscript", "sub"]];
    await atEnd(page);
    const plain = await html(page);
    for (const [key, label, element] of looks) {
      const look = `<p><${element}>The lamp was lit.</${element}></p>`;
      await page.keyboard.press("Control+a");
      await moment(page);
      await page.keyboard.press(`Control+${key}`);
      assert.equal(await html(page), look, key);
      const button = page.getByRole("button", { name: label, exact: true });
      assert.equal(await button.getAttribute("aria-pressed"), "true", label);
      await button.click();
      assert.equal(await html(page), plain, label);
      await page.keyboard.press("Control+z");
      assert.equal(await html(page), look);
      await page.keyboard.press("Control+z");
      assert.equal(await html(page), plain);
    }
  }));

test("blocks: quotation, lists, heading, alignment, scene break, note, link, picture", () =>
  visit(async (page) => {
    const press = (name) => page.getByRole("button", { name, exact: true }).click();
    const p = "The lamp was lit.";
    await atEnd(page);
    await press("Quotation");
    assert.equal(await html(page), `<blockquote><p>${p}</p></blockquote>`);
    await press("Quotation");
    await press("Bulleted list");
    await press("Numbered list");
    assert.equal(await html(page), `<ol><li>${p}</li></ol>`);
    await press("Numbered list");
    await page.getByLabel("Kind of paragraph").selectOption("Heading 3");
    await page.getByLabel("Alignment").selectOption("Centred");
    assert.equal(await html(page), `<h3 class="ff-center">${p}</h3>`);
    await page.getByLabel("Kind of paragraph").selectOption("Paragraph");
    await page.getByLabel("Alignment").selectOption("As usual");
    await page.keyboard.press("Control+Enter");
    assert.equal(await html(page), `<p>${p}</p><hr/>`);
    await page.keyboard.type("See");
    await press("Note at the foot");
    await dialog(page).getByRole("textbox").pressSequentially("A note.");
    await dialog(page).getByRole("button", { name: "OK" }).click();
    await until("a note", async () => (await html(page)).includes("<aside id=\"fn1\" role=\"doc-footnote\"><p>A note.</p>"));
    await page.locator(".ed-text p").first().click();
    await moment(page);
    await page.keyboard.press("Control+Home");
    await moment(page);
    await page.keyboard.press("Shift+End");
    // The browser tells of a new selection a little later.
    await moment(page);
    await page.keyboard.press("Control+k");
    await dialog(page).getByLabel("Address").fill("javascript:alert(1)");
    await page.keyboard.press("Enter");
    assert.match(await dialog(page).getByRole("alert").innerText(), /no address/);
    await dialog(page).getByLabel("Address").fill("example.org/a b");
    await page.keyboard.press("Enter");
    assert.match(await html(page), /^<p><a href="https:\/\/example\.org\/a%20b">The lamp was lit\.<\/a><\/p>/);
    await page.keyboard.press("End");
    await press("Picture by its address");
    await dialog(page).getByLabel("Address").fill("https://elsewhere.example/cat.png");
    await dialog(page).getByLabel("What it shows").fill("A cat");
    await page.keyboard.press("Enter");
    await until("the picture", async () =>
      (await html(page)).includes('<img src="https://elsewhere.example/cat.png" alt="A cat"/>'));
  }));

test("words are counted while they are typed: chapter, work and sitting", () =>
  visit(async (page) => {
    const counts = page.locator(".ed-counts");
    assert.equal(await counts.innerText(), "4 words in this chapter · +0 this sitting");
    await atEnd(page);
    await page.keyboard.type(" It was late.");
    await says(page, "saved");
    assert.equal(await counts.innerText(), "7 words in this chapter · 107 in the work · +3 this sitting");
  }));

// ---- saving -----------------------------------------------------------------------------------

test("saves within two seconds of a pause, and at most every ten while typing goes on", () =>
  visit(async (page) => {
    await atEnd(page);
    await page.keyboard.type(" One");
    const paused = Date.now();
    await says(page, "saved 14:02");
    assert.ok(Date.now() - paused < 2000, `${Date.now() - paused} ms`);
    assert.equal(last(), "<p>The lamp was lit. One</p>");
    assert.equal(server.saves.length, 1);
    assert.deepEqual(server.saves[0].fields.title, { plain: "Lamp" });
    const began = Date.now();
    while (server.saves.length === 1 && Date.now() - began < 12_000) await page.keyboard.type("x", { delay: 100 });
    const took = Date.now() - began;
    assert.ok(took > 5000 && took < 10_500, `${took} ms`);
  }));

test("Ctrl+S and the form's own buttons save at once", () =>
  visit(async (page) => {
    await page.getByLabel("Title").fill("A lantern");
    await page.keyboard.press("Control+s");
    await says(page, "saved");
    assert.deepEqual(server.saves.at(-1).fields.title, { plain: "A lantern" });
    await atEnd(page);
    await page.keyboard.type("!");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await until("a save", () => last() === "<p>The lamp was lit.!</p>");
    await atEnd(page);
    await page.keyboard.type("?");
    await page.getByRole("button", { name: "Publish" }).click();
    await until("publishing", () => server.published);
    await page.waitForLoadState();
    assert.equal(server.saves.length, 3, "what was typed is saved before the page is left");
    assert.ok(!server.published.includes("text="), "the texts are not sent with the form");
  }));

test("when the server is away the browser keeps the text, and it is saved when it is back", () =>
  visit(async (page) => {
    server.away = true;
    await atEnd(page);
    await page.keyboard.type(" Alone.");
    await says(page, "not reached: kept in this browser");
    server.away = false;
    await says(page, "saved 14:02");
    assert.equal(last(), "<p>The lamp was lit. Alone.</p>");
    assert.equal(await page.evaluate(() => localStorage.length), 0, "nothing is left behind");
  }));

test("what never reached the server is offered after the page was closed", async () => {
  const context = await bench.context();
  server.away = true;
  await visit(async (page) => {
    await atEnd(page);
    await page.keyboard.type(" It snowed.");
    await page.getByLabel("Title").fill("Snow");
    await page.waitForTimeout(300);
  }, { context });
  await new Promise((done) => setTimeout(done, 300));
  server.away = false;
  await visit(async (page) => {
    await dialog(page).waitFor();
    const said = await dialog(page).innerText();
    assert.match(said, /kept a text that was not saved/);
    assert.match(said, /It snowed\./);
    await page.keyboard.press("Escape");
    assert.equal(await html(page), "<p>The lamp was lit.</p>", "later changes nothing");
  }, { context });
  await visit(async (page) => {
    await dialog(page).getByRole("button", { name: "Use what was kept" }).click();
    await until("the save", () => last() === "<p>The lamp was lit. It snowed.</p>");
    assert.deepEqual(server.fields.title, { plain: "Snow" });
  }, { context });
  await visit(async (page) => {
    await page.waitForTimeout(200);
    assert.equal(await dialog(page).count(), 0, "what is saved is not offered again");
  }, { context });
  await context.close();
});

test("a page is left with a question only if its text is nowhere else", () =>
  visit(async (page) => {
    const asks = () => page.evaluate(() => !dispatchEvent(new Event("beforeunload", { cancelable: true })));
    server.away = true;
    await atEnd(page);
    await page.keyboard.type("x");
    assert.equal(await asks(), false, "kept in the browser");
    await page.evaluate(() => {
      Storage.prototype.setItem = () => {
        throw new Error("full");
      };
    });
    await page.keyboard.type("y");
    assert.equal(await asks(), true);
    await says(page, "this browser keeps nothing: copy your text");
    server.away = false;
    await page.keyboard.press("Control+s");
    await says(page, "saved");
    assert.equal(await asks(), false);
  }));

/** Puts a link to another page below the form, as every page of the site has some. */
const linkAway = (page) => page.evaluate(() => {
  const link = document.createElement("a");
  link.href = "/elsewhere";
  link.textContent = "away from here";
  document.body.append(link);
});

const leave = (page) => Promise.all([
  page.waitForURL("**/elsewhere"),
  page.getByRole("link", { name: "away from here" }).click({ noWaitAfter: true }),
]);

test("a link away is followed once everything is saved", () =>
  visit(async (page) => {
    await atEnd(page);
    await linkAway(page);
    server.delay = 300;
    await page.keyboard.type("!");
    await leave(page);
    assert.match(server.fields.text.html, /lit\.!/, "the next page shows what was typed");
    assert.equal(await page.evaluate(() => localStorage.length), 0);
  }));

test("a link away is followed soon, too, from a server that does not answer", () =>
  visit(async (page) => {
    await atEnd(page);
    await linkAway(page);
    server.delay = 15_000;
    await page.keyboard.type("!");
    const began = Date.now();
    await leave(page);
    assert.ok(Date.now() - began < 6000, `${Date.now() - began} ms`);
    assert.equal(await page.evaluate(() => localStorage.length), 1, "kept in the browser");
    await page.evaluate(() => localStorage.clear());
  }));

test("a key works on what was selected a moment before", () =>
  visit(async (page) => {
    await atEnd(page);
    const keys = async (...names) => {
      for (const name of names) await page.keyboard.press(name);
    };
    await keys("Shift+ArrowLeft", "Control+i");
    assert.equal(await html(page), "<p>The lamp was lit<em>.</em></p>");
    await keys("Control+Home", "Shift+ArrowRight", "Delete");
    assert.equal(await html(page), "<p>he lamp was lit<em>.</em></p>");
    await keys("Shift+End", "Alt+F10", "ArrowRight", "Enter");
    assert.equal(await html(page), "<p><strong>he lamp was lit<em>.</em></strong></p>");
  }));

test("signed out, and fields with faults", () =>
  visit(async (page) => {
    server.status = [422, { faults: { title: "A title has at most 255 letters." } }];
    await page.getByLabel("Title").fill("x".repeat(300));
    await says(page, "not saved");
    assert.equal(await page.getByRole("alert").innerText(), "A title has at most 255 letters.");
    assert.equal(await page.getByLabel("Title").getAttribute("aria-invalid"), "true");
    server.status = [403, {}];
    await page.getByLabel("Title").fill("x");
    await says(page, "signed out: kept in this browser");
    server.status = null;
    await page.keyboard.press("Control+s");
    await says(page, "saved");
    assert.equal(await page.getByRole("alert").count(), 0);
  }));

// ---- two versions -----------------------------------------------------------------------------

const first = "<p>One.</p><p>The lamp was lit.</p><p>Three.</p>";
const theirs = "<p>One.</p><p>The lantern was lit.</p><p>Three.</p><p>Four, theirs.</p>";

/** Both change the second paragraph; the other one saves first. */
const conflict = (choose) =>
  (server.reset(first),
  visit(async (page) => {
    server.other(theirs);
    await load(page, first.replace("lamp", "candle"));
    await dialog(page).waitFor();
    const marks = await dialog(page).locator("mark").allInnerTexts();
    assert.deepEqual(marks.slice(0, 2), ["candle", "lantern"]);
    assert.match(await dialog(page).innerText(), /1 paragraph the same/);
    await choose(page);
  }));

test("somebody else saved meanwhile: mine", () =>
  conflict(async (page) => {
    await page.getByRole("button", { name: "Keep mine" }).click();
    await says(page, "saved");
    assert.equal(server.fields.text.html, first.replace("lamp", "candle"));
    assert.equal(server.saves.at(-1).head, "other0");
  }));

test("somebody else saved meanwhile: theirs, and undo brings mine back", () =>
  conflict(async (page) => {
    await page.getByRole("button", { name: "Take theirs" }).click();
    await until("theirs", async () => (await html(page)) === theirs);
    assert.equal(server.saves.length, 0);
    await text(page).click();
    await page.keyboard.press("Control+z");
    assert.equal(await html(page), first.replace("lamp", "candle"));
    await says(page, "saved 14:02");
  }));

test("somebody else saved meanwhile: a merge, place by place", () =>
  conflict(async (page) => {
    const place = (n) => dialog(page).locator(".ed-place").nth(n);
    await place(0).getByLabel("both").check();
    await place(1).getByLabel("Theirs").check();
    await page.getByRole("button", { name: "place by place" }).click();
    await says(page, "saved");
    assert.equal(server.fields.text.html,
      "<p>One.</p><p>The candle was lit.</p><p>The lantern was lit.</p><p>Three.</p><p>Four, theirs.</p>");
  }));

test("somebody else saved meanwhile: later, and typing goes on, kept here", () =>
  conflict(async (page) => {
    await page.getByRole("button", { name: "Later" }).click();
    await atEnd(page);
    await page.keyboard.type(" More.");
    await page.waitForTimeout(2000);
    assert.equal(server.saves.length, 0, "nothing is overwritten");
    assert.match(await page.evaluate(() => localStorage.getItem(localStorage.key(0))), /More\./);
    await page.getByRole("button", { name: "Compare and choose" }).click();
    await page.getByRole("button", { name: "Keep mine" }).click();
    await says(page, "saved");
    assert.match(server.fields.text.html, /Three\. More\.<\/p>$/);
  }));

// ---- pasting ----------------------------------------------------------------------------------

test("what is pasted goes to the server's reader; typing goes on meanwhile", () =>
  visit(async (page) => {
    server.delay = 300;
    await atEnd(page);
    const word = '<html><head><style>p{color:red}</style></head><body><p class=MsoNormal style="mso-x:1">' +
      "One <b>two</b></p><p class=MsoNormal>three</p><script>alert(1)</script></body></html>";
    await paste(page, { "text/html": word, "text/plain": "One two\nthree" });
    await page.locator(".ed-pasting").waitFor();
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("Now: ");
    await until("the paste", async () => (await html(page)).includes("three"));
    assert.equal(await html(page), "<p>Now: The lamp was lit.One <b>two</b></p><p>three</p>");
    assert.equal(server.converted.length, 1);
    assert.deepEqual([server.converted[0].from, server.converted[0].to], ["html", "html"]);
  }));

test("when the server is away a paste is plain paragraphs", () =>
  visit(async (page) => {
    server.away = true;
    await atEnd(page);
    await paste(page, { "text/html": "<p>a <b>b</b></p><p>c</p>", "text/plain": "a b\n\nc\nd" });
    await until("the paste", async () => (await html(page)).includes("a b"));
    assert.equal(await html(page), "<p>The lamp was lit.a b</p><p>c<br/>d</p>");
    assert.match(await page.locator(".ed-said").innerText(), /plain text/);
  }));

test("plain text is paragraphs, one a line; in preformatted text it stays as it is", () =>
  visit(async (page) => {
    await load(page, "<p>x</p>");
    await atEnd(page);
    await paste(page, { "text/plain": "a\r\nb\r\n" });
    assert.equal(await html(page), "<p>xa</p><p>b</p>");
    await load(page, "<pre>x</pre>");
    await atEnd(page);
    await paste(page, { "text/plain": "\na  b\nc" });
    assert.equal(await html(page), "<pre>x\na  b\nc</pre>");
  }));

test("what is copied in the editor comes back the same, without asking anybody", () =>
  visit(async (page) => {
    const source = '<p>a <q cite="https://example.org/">b <em class="note">c</em></q></p>' +
      '<ul data-marker="square"><li>x</li></ul><p><ruby>base<rp>(</rp><rt>up</rt><rp>)</rp></ruby> ' +
      '<a class="ff-note" id="fnref1" href="#fn1" role="doc-noteref">1</a> end</p>' +
      '<section class="ff-notes" role="doc-endnotes"><aside id="fn1" role="doc-footnote"><p>note</p>' +
      '<a class="ff-back" href="#fnref1" role="doc-backlink" aria-label="Back to the text">↩</a></aside></section>';
    await load(page, source);
    assert.equal(await html(page), source);
    await text(page).focus();
    await page.keyboard.press("Control+a");
    const copied = await page.evaluate(() => {
      const data = new DataTransfer();
      const event = new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true });
      document.activeElement.dispatchEvent(event);
      return { "text/html": data.getData("text/html"), "text/plain": data.getData("text/plain") };
    });
    await load(page, "");
    await text(page).click();
    await paste(page, copied);
    assert.equal(await html(page), source);
    assert.equal(server.converted.length, 0);
  }));

// ---- other views ------------------------------------------------------------------------------

test("Markdown and HTML are views of the same text", () =>
  visit(async (page) => {
    const shownAs = page.getByLabel("Shown as");
    const source = page.locator(".ed-text .ed-source");
    await load(page, "<p>so <em>very</em></p><p>b</p>");
    await text(page).click();
    await shownAs.selectOption("Markdown");
    await source.waitFor();
    assert.equal(await source.inputValue(), "so *very*\n\nb");
    await shownAs.selectOption("Rich text");
    await text(page).waitFor();
    assert.equal(await html(page), "<p>so <em>very</em></p><p>b</p>");
    await shownAs.selectOption("Markdown");
    await source.waitFor();
    await source.fill("so **much**");
    await until("the save", () => last() === "<p>so <strong>much</strong></p>");
    await shownAs.selectOption("HTML");
    await until("HTML", async () => (await source.inputValue()) === "<p>so <strong>much</strong></p>");
    await source.fill("<p>new</p><script>alert(1)</script>");
    server.away = true;
    await shownAs.selectOption("Rich text");
    await page.locator(".ed-said", { hasText: "not reached" }).waitFor();
    assert.equal(await source.inputValue(), "<p>new</p><script>alert(1)</script>", "nothing is lost");
    server.away = false;
    await shownAs.selectOption("Rich text");
    await text(page).waitFor();
    assert.equal(await html(page), "<p>new</p>");
    await text(page).focus();
    await page.keyboard.press("Control+z");
    assert.notEqual(await html(page), "<p>new</p>", "a change of view can be undone");
  }));

// ---- finding ----------------------------------------------------------------------------------

test("find and replace: count, case, whole words, preview, one and all", () =>
  visit(async (page) => {
    await load(page, "<p>Cat cat <em>ca</em>t concat</p><p>don’t cat</p>");
    // What follows within half a second is undone together.
    await page.waitForTimeout(700);
    await text(page).click();
    await page.keyboard.press("Control+f");
    const count = page.locator(".ed-count");
    const find = page.getByLabel("Find", { exact: true });
    await find.fill("cat");
    await until("five", async () => / of 5$/.test(await count.innerText()));
    await page.getByLabel("Whole word").check();
    await until("four", async () => / of 4$/.test(await count.innerText()));
    await page.getByLabel("Match case").check();
    await until("three", async () => / of 3$/.test(await count.innerText()));
    await find.press("Enter");
    await find.press("Shift+Enter");
    await page.getByLabel("Replace with").fill("dog");
    await page.getByText("What would be replaced").click();
    assert.match(await page.locator(".ed-preview li").first().innerText(), /Cat catdog cat concat/);
    await page.getByRole("button", { name: "Replace all" }).click();
    assert.equal(await html(page), "<p>Cat dog <em>dog</em> concat</p><p>don’t dog</p>");
    await page.waitForTimeout(700);
    await find.fill("don't");
    await until("a straight quote finds a curly one", async () => (await count.innerText()) === "1 of 1");
    await page.getByRole("button", { name: "Replace", exact: true }).click();
    assert.equal(await html(page), "<p>Cat dog <em>dog</em> concat</p><p>dog dog</p>");
    await find.fill("no such");
    assert.equal(await count.innerText(), "not found");
    await page.keyboard.press("Escape");
    assert.ok(!(await find.isVisible()));
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+z");
    assert.equal(await html(page), "<p>Cat cat <em>ca</em>t concat</p><p>don’t cat</p>");
  }));

// ---- proofreading -----------------------------------------------------------------------------

/** Marks every "teh" and every "xx", for which nothing is proposed. */
const wrong = (line, paragraph) =>
  [...line.matchAll(/teh|xx/g)].map((match) => ({
    paragraph, from: match.index, to: match.index + match[0].length, group: "Words",
    rule: match[0] === "xx" ? "odd" : "typo", name: match[0] === "xx" ? "Odd" : "Typing slips",
    why: "These letters changed places.", instead: match[0] === "xx" ? [] : ["the", "tech"],
  }));

test("marks in the margin are accepted, dismissed and silenced by one key", () =>
  visit(async (page) => {
    server.marks = wrong;
    await load(page, "<p>teh <em>a teh</em></p><p>teh xx and teh</p>");
    await page.getByRole("button", { name: "Proofread" }).click();
    const marks = page.locator(".ed-mark");
    await until("five marks", async () => (await marks.count()) === 5);
    assert.equal(await page.locator(".ProseMirror .ed-proof").count(), 5);
    await marks.first().focus();
    await page.keyboard.press("Enter");
    await until("accepted", async () => (await html(page)).startsWith("<p>the <em>a teh</em></p>"));
    await page.keyboard.press("d");
    await until("dismissed", async () => (await marks.count()) === 3);
    // The key went to what stood behind, in the same paragraph, though that is not yet read again.
    assert.equal(await page.evaluate(() => document.activeElement.className), "ed-mark");
    await page.keyboard.press("a");
    await until("all of the rule", async () => (await html(page)) === "<p>the <em>a teh</em></p><p>the xx and the</p>");
    await marks.first().focus();
    await page.keyboard.press("s");
    await until("silenced", () => server.silenced.length === 1 && server.silenced[0] === "odd");
    await page.getByText("Nothing is marked.").waitFor();
    assert.equal(await page.locator(".ProseMirror .ed-proof").count(), 0);
  }));

test("only the paragraph that changed is read again, soon after the last key", () =>
  visit(async (page) => {
    server.marks = wrong;
    await load(page, Array.from({ length: 300 }, (_, at) => `<p>Line ${at} is fine.</p>`).join(""));
    await page.getByRole("button", { name: "Proofread" }).click();
    await until("the first reading", () => server.proofed.length === 1);
    await atEnd(page);
    await page.evaluate(() => {
      const { dom } = document.querySelector("form.editor").fanfoldEditor.fields.get("text").view;
      dom.addEventListener("keydown", () => (globalThis.hit = performance.now()), true);
      new MutationObserver(() => {
        if (dom.querySelector(".ed-proof")) globalThis.marked ??= performance.now();
      }).observe(dom, { childList: true, subtree: true });
    });
    await page.keyboard.type(" teh");
    await page.locator(".ProseMirror .ed-proof").waitFor();
    // The pause that is waited for, 50 ms, and a server on the same machine.
    const took = await page.evaluate(() => globalThis.marked - globalThis.hit);
    assert.ok(took < 500, `${took} ms after the last key`);
    assert.deepEqual(server.proofed.at(-1), ["Line 299 is fine. teh"]);
    await page.keyboard.press("F8");
    await page.keyboard.press("Alt+Enter");
    await until("accepted at the cursor", async () => (await html(page)).endsWith("fine. the</p>"));
  }));

test("the state line speaks only when something is new", () =>
  visit(async (page) => {
    assert.equal(await state(page).getAttribute("aria-live"), "polite");
    await page.evaluate(() => {
      globalThis.spoken = [];
      const line = document.querySelector(".ed-state");
      new MutationObserver(() => globalThis.spoken.push(line.textContent)).observe(line, { childList: true });
    });
    await atEnd(page);
    for (const word of [" a", " b"]) {
      const before = server.saves.length;
      await page.keyboard.type(word);
      await until("a save", () => server.saves.length > before);
    }
    await page.waitForTimeout(300);
    assert.deepEqual(await page.evaluate(() => globalThis.spoken), ["saved 14:02"]);
  }));
