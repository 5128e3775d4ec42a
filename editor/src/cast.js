// Names of the cast, which the browser's speller passes over.
//
// Owns where they stand: no page can teach a browser words, but it may say of a piece of text that it
// is not to be spelled. Only what was changed is looked through again.

import { Plugin, PluginKey } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import { linesOf, rangeIn } from "./lines.js";

const key = new PluginKey("cast");

/** Marks names, with the `'s` of what belongs to them, in texts whose language has one. */
export function cast(names) {
  if (!names.length) return new Plugin({ key });
  const escaped = names.map((name) => name.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  // The longest first, so that a name within another does not cut it short.
  escaped.sort((one, other) => other.length - one.length);
  const word = "[\\p{L}\\p{N}\\p{M}]";
  const pattern = new RegExp(`(?<!${word})(?:${escaped.join("|")})(?:['’]s)?(?!${word})`, "gu");
  const marks = (lines) => lines.flatMap(({ node, pos, text }) => [...text.matchAll(pattern)].map((match) => {
    const { from, to } = rangeIn(node, pos, match.index, match.index + match[0].length);
    return Decoration.inline(from, to, { spellcheck: "false" });
  }));
  return new Plugin({
    key,
    state: {
      init: (_, { doc }) => DecorationSet.create(doc, marks(linesOf(doc))),
      apply: (tr, set) => (tr.docChanged ? again(tr, set, marks) : set),
    },
    props: { decorations: (state) => key.getState(state) },
  });
}

/** The marks after a change: moved along, and found anew in the lines that it touched. */
function again(tr, set, marks) {
  const { from, to } = touched(tr);
  const lines = linesOf(tr.doc).filter(({ node, pos }) => pos <= to && from <= pos + node.content.size);
  const moved = set.map(tr.mapping, tr.doc);
  const old = lines.flatMap(({ node, pos }) => moved.find(pos, pos + node.content.size));
  return moved.remove(old).add(tr.doc, marks(lines));
}

/** The part of the new document that a change touched. */
function touched({ mapping }) {
  let from = Infinity;
  let to = 0;
  mapping.maps.forEach((map, at) => map.forEach((oldFrom, oldTo, newFrom, newTo) => {
    const rest = mapping.slice(at + 1);
    from = Math.min(from, rest.map(newFrom, -1));
    to = Math.max(to, rest.map(newTo, 1));
  }));
  return { from, to };
}
