// The shortest difference of two lists, and of two texts by word.
//
// Owns the algorithm (E. W. Myers, An O(ND) Difference Algorithm, 1986). Knows no document.

/** Lists that differ in more places than this are told apart as wholes. */
const MOST = 1500;

/** Runs of `a` and `b`, in order: { same, a: [from, to], b: [from, to] }. */
export function diff(a, b) {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA -= 1;
    endB -= 1;
  }
  const runs = [];
  const add = (same, a0, a1, b0, b1) => {
    if (a0 === a1 && b0 === b1) return;
    const last = runs.at(-1);
    if (last?.same === same) {
      last.a[1] = a1;
      last.b[1] = b1;
    } else {
      runs.push({ same, a: [a0, a1], b: [b0, b1] });
    }
  };
  add(true, 0, start, 0, start);
  for (const [same, a0, a1, b0, b1] of middle(a.slice(start, endA), b.slice(start, endB))) {
    add(same, a0 + start, a1 + start, b0 + start, b1 + start);
  }
  add(true, endA, a.length, endB, b.length);
  return runs;
}

function middle(a, b) {
  const trace = forward(a, b);
  if (!trace) return [[false, 0, a.length, 0, b.length]];
  const steps = [];
  let [x, y] = [a.length, b.length];
  for (let d = trace.length - 1; d > 0; d--) {
    const before = trace[d - 1];
    const at = (k) => before[k + d - 1] ?? -1;
    const k = x - y;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const from = down ? at(k + 1) : at(k - 1);
    const fromY = from - (down ? k + 1 : k - 1);
    const snake = down ? from : from + 1;
    if (x > snake) steps.push([true, snake, x, snake - k, y]);
    steps.push([false, from, snake, fromY, snake - k]);
    [x, y] = [from, fromY];
  }
  if (x > 0) steps.push([true, 0, x, 0, y]);
  return steps.reverse();
}

/** How far each diagonal came with each number of changes; null if there are too many. */
function forward(a, b) {
  const trace = [];
  let before = null;
  for (let d = 0; d <= Math.min(a.length + b.length, MOST); d++) {
    // Diagonals -d to d; the furthest x on each.
    const reach = new Int32Array(2 * d + 1).fill(-1);
    for (let k = -d; k <= d; k += 2) {
      const at = (other) => before?.[other + d - 1] ?? -1;
      let x = 0;
      if (d > 0) x = k === -d || (k !== d && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x += 1;
        y += 1;
      }
      reach[k + d] = x;
      if (x >= a.length && y >= b.length) {
        trace.push(reach);
        return trace;
      }
    }
    trace.push(reach);
    before = reach;
  }
  return null;
}

/** Words, runs of spaces, and single other signs. */
export const words = (text) => text.match(/[\p{L}\p{N}\p{M}_'’]+|\s+|[^]/gu) ?? [];

/** Both texts cut where they differ: lists of [text, whether the other lacks it]. */
export function wordDiff(one, other) {
  const [a, b] = [words(one), words(other)];
  const left = [];
  const right = [];
  for (const run of diff(a, b)) {
    const [first, second] = [a.slice(...run.a).join(""), b.slice(...run.b).join("")];
    if (first) left.push([first, !run.same]);
    if (second) right.push([second, !run.same]);
  }
  return [left, right];
}
