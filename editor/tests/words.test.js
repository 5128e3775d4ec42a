// Words are counted as the archive counts them (fanfold-doc, words.rs).

import assert from "node:assert/strict";
import { test } from "node:test";
import { countWords } from "../src/words.js";

test("counts as the archive does", () => {
  const cases = [
    ["", 0], ["One two  three.", 3], ["don't well-known o’clock", 3], ["well--known", 2], ["a - b", 2],
    ["3.14 snake_case", 3], ["…—!", 0], ["你好,世界", 4], ["ねこ cat", 3], ["naïve Å", 2],
    ["cat猫dog", 3], ["a---b", 2], ["'tis the season's", 3], ["\u{20000}\u{20001}x", 3], ["ข้าว", 4],
    ["e\u0301te\u0301", 1], ["👩‍🚀 waves", 2], ["x\u00a0y", 2], ["Ⅷ ½ ²", 3],
  ];
  for (const [text, words] of cases) assert.equal(countWords(text), words, text);
});
