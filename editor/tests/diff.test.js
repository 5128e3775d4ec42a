// Differences: both sides can be put together from the runs, and what is the same is the same.

import assert from "node:assert/strict";
import { test } from "node:test";
import { diff, wordDiff, words } from "../src/diff.js";

/** Numbers that look random and are the same each time (mulberry32). */
function chances(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The length of the longest common subsequence, by the table. */
function common(a, b) {
  let row = new Array(b.length + 1).fill(0);
  for (const x of a) {
    const next = [0];
    b.forEach((y, at) => next.push(x === y ? row[at] + 1 : Math.max(row[at + 1], next[at])));
    row = next;
  }
  return row[b.length];
}

test("runs cover both lists in order, and no shorter difference exists", () => {
  const chance = chances(7);
  for (let round = 0; round < 3000; round++) {
    const list = () => Array.from({ length: Math.floor(chance() * 14) }, () => Math.floor(chance() * 4));
    const [a, b] = [list(), list()];
    const runs = diff(a, b);
    let [x, y, same] = [0, 0, 0];
    for (const run of runs) {
      assert.deepEqual([run.a[0], run.b[0]], [x, y]);
      [x, y] = [run.a[1], run.b[1]];
      if (!run.same) continue;
      assert.deepEqual(a.slice(...run.a), b.slice(...run.b));
      same += run.a[1] - run.a[0];
    }
    assert.deepEqual([x, y], [a.length, b.length]);
    assert.equal(same, common(a, b), `${a} / ${b}`);
  }
});

test("words and the signs between them give the text again", () => {
  for (const text of ["", "“Don't,” she said.\n— No… 猫😀", "a  b"]) assert.equal(words(text).join(""), text);
  const [left, right] = wordDiff("The lamp was lit.", "The lantern was lit.");
  assert.deepEqual(left.filter(([, differs]) => differs), [["lamp", true]]);
  assert.deepEqual(right.filter(([, differs]) => differs), [["lantern", true]]);
});

test("texts without anything in common do not take for ever", () => {
  const list = (word) => Array.from({ length: 200_000 }, (_, at) => `${word}${at}`);
  const began = performance.now();
  const runs = diff(list("a"), list("b"));
  assert.equal(runs.length, 1);
  assert.ok(performance.now() - began < 3000, `${performance.now() - began} ms`);
});
