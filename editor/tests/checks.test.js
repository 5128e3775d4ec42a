// The browser's checks say what the server's say (fanfold-doc, href.rs and checked.rs).

import assert from "node:assert/strict";
import { test } from "node:test";
import * as check from "../src/checks.js";

test("keeps addresses that lead somewhere", () => {
  const same = ["https://example.org/works/1?view=full#p2", "mailto:ann@example.org", "#note-1"];
  for (const text of same) assert.equal(check.href(text), text);
  assert.equal(check.href(" HTTP://ex.org/a b|c "), "http://ex.org/a%20b%7Cc");
  assert.equal(check.href("http://ex.org/100%"), "http://ex.org/100%25");
});

test("refuses addresses that run or mislead", () => {
  const bad = ["javascript:alert(1)", "java\nscript:alert(1)", "\u0001javascript:x", "data:text/html,x",
    "vbscript:x", "file:///etc/passwd", "//example.org/x", "/works/1", "works/1", "https://",
    "https://good.example@evil.example/", "http://ex ample.org/", "http://[::1]/", "http://ex.org:99999/",
    "#a b", "", `http://ex.org/${"a ".repeat(900)}x`];
  for (const text of bad) assert.equal(check.href(text), null, text);
});

test("checks classes, languages, lengths", () => {
  assert.equal(check.classes("note ff-center MsoNormal a b-c x<y note"), "note b-c");
  assert.equal(check.lang("pt-BR"), "pt-BR");
  assert.equal(check.lang("en-x"), null);
  assert.equal(check.length("120px"), "120");
  assert.equal(check.length("calc(1px)"), null);
  assert.equal(check.source("media/../x.png"), null);
  assert.equal(check.source("mailto:a@b.example"), null);
});
