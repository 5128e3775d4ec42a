// Two versions of the same text, and what becomes of them.
//
// Owns the dialog that shows both side by side with the words that differ, and the merge that a
// writer puts together from them. Nothing is dropped here: a version that is not taken stays where
// it came from, and every choice can be undone in the editor.

import { Fragment } from "prosemirror-model";
import { diff, wordDiff } from "./diff.js";
import { ask, button, make, newId, several } from "./page.js";
import { documentFrom } from "./parse.js";
import { print, printedBlock } from "./print.js";

/** Both texts as runs of blocks: { same, mine: [nodes], theirs: [nodes] }. */
export function runsOf(mine, theirs) {
  const [a, b] = [blocksOf(mine), blocksOf(theirs)];
  const pairs = diff(a.map(printedBlock), b.map(printedBlock));
  return pairs.map((run) => ({ same: run.same, mine: a.slice(...run.a), theirs: b.slice(...run.b) }));
}

function blocksOf(html) {
  const blocks = [];
  documentFrom(html).forEach((node) => blocks.push(node));
  return blocks.filter((node) => printedBlock(node) !== "");
}

/** The HTML of a merge: for each run that differs "mine", "theirs" or "both". */
export function merged(runs, choices) {
  const blocks = runs.flatMap((run, at) => {
    if (run.same) return run.mine;
    const choice = choices[at] ?? "mine";
    return choice === "both" ? [...run.mine, ...run.theirs] : run[choice];
  });
  const doc = documentFrom("");
  return blocks.length ? print(doc.copy(Fragment.from(blocks))) : "";
}

const prose = (blocks) => blocks.map((node) => node.textBetween(0, node.content.size, "\n", "\n")).join("\n");
const shown = (parts) => parts.map(([text, differs]) => (differs ? make("mark", {}, text) : text));

function column(label, parts) {
  const empty = parts.every(([text]) => text === "");
  return make("div", { class: "ed-side" }, make("h4", { class: "ed-side-name" }, label),
    empty ? make("p", { class: "ed-none" }, "nothing here") : make("p", {}, ...shown(parts)));
}

function sides(one, other, labels) {
  const [left, right] = wordDiff(one, other);
  const markup = one === other
    ? make("p", { class: "ed-none" }, "the words are the same; the formatting differs") : null;
  return [make("div", { class: "ed-sides" }, column(labels.mine, left), column(labels.theirs, right)), markup];
}

function choice(labels, hint, chosen) {
  const name = newId("choice");
  const one = (value, label) => make("label", { class: "ed-tick" },
    make("input", { type: "radio", name, value, checked: value === "mine", change: () => chosen(value) }), label);
  return make("fieldset", { class: "ed-choice" }, make("legend", { class: "away" }, hint),
    one("mine", labels.mine), one("theirs", labels.theirs), one("both", "both, one after the other"));
}

/** The part of the dialog for one rich field. */
function richPart(mine, theirs, labels, choices) {
  const runs = runsOf(mine, theirs);
  let place = 0;
  const parts = runs.flatMap((run, at) => {
    if (run.same) return [make("p", { class: "ed-same" }, `${several(run.mine.length, "paragraph")} the same`)];
    place += 1;
    const pick = choice(labels, `Place ${place}`, (value) => (choices[at] = value));
    return [make("section", { class: "ed-place" },
      ...sides(prose(run.mine), prose(run.theirs), labels).filter(Boolean), pick)];
  });
  return { parts, result: () => ({ html: merged(runs, choices) }) };
}

function plainPart(mine, theirs, labels) {
  let value = "mine";
  const name = newId("choice");
  const one = (side, label) => make("label", { class: "ed-tick" },
    make("input", { type: "radio", name, checked: side === "mine", change: () => (value = side) }), label);
  const parts = [...sides(mine, theirs, labels).filter(Boolean),
    make("fieldset", { class: "ed-choice" }, make("legend", { class: "away" }, "Which one"),
      one("mine", labels.mine), one("theirs", labels.theirs))];
  return { parts, result: () => ({ plain: value === "mine" ? mine : theirs }) };
}

/** The names of fields in which two versions differ. */
export function differing(mine, theirs) {
  const text = (field) => field?.html ?? field?.plain ?? "";
  return Object.keys({ ...mine, ...theirs })
    .filter((name) => name in mine && name in theirs && text(mine[name]) !== text(theirs[name]));
}

/**
 * Shows two versions of the fields; gives "mine", "theirs", the fields of a merge, or null for
 * "later". `titles` gives the names of fields in words.
 */
export function compare({ title, intro, mine, theirs, labels, titles, link }) {
  const results = {};
  return ask(title, (dialog, close) => {
    const body = make("div", { class: "ed-compare", tabindex: "0", role: "group", "aria-label": "Both versions" });
    for (const name of differing(mine, theirs)) {
      const rich = "html" in mine[name] || "html" in theirs[name];
      const part = rich ? richPart(mine[name].html ?? "", theirs[name].html ?? "", labels, {})
        : plainPart(mine[name].plain ?? "", theirs[name].plain ?? "", labels);
      results[name] = part.result;
      body.append(make("section", {}, make("h3", {}, titles(name)), ...part.parts));
    }
    const merge = () =>
      close({ ...mine, ...Object.fromEntries(Object.entries(results).map(([name, of]) => [name, of()])) });
    dialog.append(make("p", {}, intro), body, make("p", { class: "ed-acts" },
      button(labels.keepMine, () => close("mine"), { class: "ed-main", autofocus: true }),
      button(labels.takeTheirs, () => close("theirs")),
      button("Use what is chosen place by place", merge),
      button("Later", () => close(null)),
      link ? make("a", { href: link, target: "_blank", rel: "noopener" }, "Compare on a page of its own") : null));
  }, { class: "ed-dialog ed-wide" });
}
