// What keys and buttons do to a text.
//
// Owns the commands and the keys of the text itself, the input rules (`***`, `# `, `> `, `- `,
// `1. `, `*so*`), and whether a command's state is on at the cursor. Knows no page.

import { baseKeymap, chainCommands, createParagraphNear, exitCode, lift, liftEmptyBlock,
  newlineInCode, splitBlockAs, wrapIn } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import { InputRule, inputRules, textblockTypeInputRule, undoInputRule, wrappingInputRule } from
  "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { NodeSelection, TextSelection } from "prosemirror-state";
import { NO_STYLE } from "./forms.js";
import { schema } from "./schema.js";

const { nodes, marks } = schema;

// ---- marks ----------------------------------------------------------------------------------------

/** Each look with the marks that have it; the first is what a command sets. */
const LOOKS = {
  bold: [marks.strong, marks.bold],
  italic: [marks.emphasis, marks.italic],
  underline: [marks.underline, marks.inserted],
  strike: [marks.strike, marks.deleted],
  subscript: [marks.subscript],
  superscript: [marks.superscript],
};
const OPPOSITES = { subscript: "superscript", superscript: "subscript" };

/** Whether all that is selected, or what is typed next, has a look. */
export function hasLook(state, look) {
  const { from, to, empty, $from } = state.selection;
  const types = LOOKS[look];
  const has = (set) => types.some((type) => type.isInSet(set));
  if (empty) return has(state.storedMarks ?? $from.marks());
  let all = true;
  let any = false;
  state.doc.nodesBetween(from, to, (node) => {
    if (!node.isText) return;
    any = true;
    all &&= has(node.marks);
  });
  return any && all;
}

export const toggleLook = (look) => (state, dispatch) => {
  const { empty, ranges, $from } = state.selection;
  if (state.selection instanceof NodeSelection && !$from.parent.inlineContent) return false;
  if (!dispatch) return true;
  const on = hasLook(state, look);
  const tr = state.tr;
  const off = [...LOOKS[look], ...(OPPOSITES[look] ? LOOKS[OPPOSITES[look]] : [])];
  if (empty) {
    off.forEach((type) => tr.removeStoredMark(type));
    if (!on) tr.addStoredMark(LOOKS[look][0].create());
  } else {
    for (const { $from, $to } of ranges) {
      off.forEach((type) => tr.removeMark($from.pos, $to.pos, type));
      if (!on) tr.addMark($from.pos, $to.pos, LOOKS[look][0].create());
    }
  }
  dispatch(tr.scrollIntoView());
  return true;
};

export function linkAt(state) {
  const { $from, from, to, empty } = state.selection;
  if (empty) return marks.link.isInSet($from.marks());
  let found = null;
  state.doc.nodesBetween(from, to, (node) => {
    found ??= marks.link.isInSet(node.marks);
  });
  return found;
}

/** The whole of the link that the cursor stands in, or what is selected. */
export function linkRange(state) {
  const { $from, from, to, empty } = state.selection;
  const link = empty && marks.link.isInSet($from.marks());
  if (!link) return { from, to };
  const { parent } = $from;
  let start = $from.start();
  let found = { from, to };
  let run = null;
  parent.forEach((node) => {
    const same = link.isInSet(node.marks);
    if (same) run = { from: run?.from ?? start, to: start + node.nodeSize };
    if (run && run.from <= from && run.to >= from) found = run;
    if (!same) run = null;
    start += node.nodeSize;
  });
  return found;
}

export const setLink = (href) => (state, dispatch) => {
  const { from, to } = linkRange(state);
  const tr = state.tr;
  if (href === null) {
    tr.removeMark(from, to, marks.link);
  } else if (from === to) {
    tr.replaceSelectionWith(schema.text(href, [marks.link.create({ href })]), false);
  } else {
    const old = linkAt(state)?.attrs;
    tr.addMark(from, to, marks.link.create({ ...old, href }));
  }
  dispatch?.(tr.scrollIntoView());
  return true;
};

// ---- blocks ---------------------------------------------------------------------------------------

function textblocks(state) {
  const found = [];
  for (const { $from, $to } of state.selection.ranges) {
    state.doc.nodesBetween($from.pos, $to.pos, (node, pos) => {
      if ([nodes.paragraph, nodes.heading, nodes.preformatted].includes(node.type)) {
        found.push([node, pos]);
      }
    });
  }
  return found;
}

/** What the text at the cursor is: "0" for a paragraph, "1" to "6" for headings, "pre". */
export function kindAt(state) {
  const [first] = textblocks(state)[0] ?? [];
  if (!first) return "";
  if (first.type === nodes.heading) return String(first.attrs.level);
  return first.type === nodes.preformatted ? "pre" : "0";
}

export const setKind = (kind) => (state, dispatch) => {
  const found = textblocks(state);
  if (!found.length) return false;
  const type = kind === "pre" ? nodes.preformatted : kind === "0" ? nodes.paragraph : nodes.heading;
  const tr = state.tr;
  for (const [node, pos] of found) {
    const { classes, align, dir, lang, title } = node.attrs;
    const attrs = { classes, align, dir, lang, title };
    if (type === nodes.heading) attrs.level = Number(kind);
    const at = tr.mapping.map(pos);
    // Line ends of the one are line breaks of the other.
    if (node.type !== type) tr.setBlockType(at, at + node.nodeSize, type, attrs);
    else tr.setNodeMarkup(at, type, attrs);
  }
  dispatch?.(tr.scrollIntoView());
  return true;
};

export const alignAt = (state) => textblocks(state)[0]?.[0].attrs.align ?? "";

export const setAlign = (align) => (state, dispatch) => {
  const found = textblocks(state);
  if (!found.length) return false;
  const tr = state.tr;
  for (const [node, pos] of found) {
    tr.setNodeMarkup(pos, null, { ...node.attrs, align: align || null });
  }
  dispatch?.(tr.scrollIntoView());
  return true;
};

export function isIn(state, ...types) {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth--) {
    if (types.includes($from.node(depth).type)) return true;
  }
  return false;
}

export const toggleQuote = (state, dispatch) =>
  isIn(state, nodes.quote) ? lift(state, dispatch) : wrapIn(nodes.quote)(state, dispatch);

/** Puts the paragraphs into a list, takes them out of it, or makes the other kind of list of it. */
export const toggleList = (type) => (state, dispatch) => {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth--) {
    const node = $from.node(depth);
    if (node.type === type) return liftListItem(nodes.item)(state, dispatch);
    if (node.type === nodes.bullet_list || node.type === nodes.ordered_list) {
      const { classes, align, dir, lang, title } = node.attrs;
      const attrs = { classes, align, dir, lang, title };
      dispatch?.(state.tr.setNodeMarkup($from.before(depth), type, attrs));
      return true;
    }
  }
  return wrapInList(type)(state, dispatch);
};

/** A scene break where the cursor is, and the cursor in the paragraph behind it. */
export const sceneBreak = (state, dispatch) => {
  const { $from } = state.selection;
  const line = $from.parent;
  const replaces = line.type === nodes.paragraph && (line.childCount === 0 || isTypedBreak(line));
  const depth = $from.depth - 1;
  const at = depth >= 0 ? $from.indexAfter(depth) : 0;
  if (depth < 0 || !$from.node(depth).canReplaceWith(at, at, nodes.scene_break)) return false;
  if (!dispatch) return true;
  const tr = state.tr;
  if (!replaces) {
    if (!state.selection.empty) tr.deleteSelection();
    const cut = tr.selection.$from;
    if (cut.parentOffset > 0 && cut.parentOffset < cut.parent.content.size) tr.split(cut.pos);
  }
  const $at = tr.doc.resolve(tr.mapping.map($from.pos, -1));
  const atStart = !replaces && $at.parentOffset === 0 && $at.parent.content.size > 0;
  const [from, to] = replaces
    ? [$at.before(), $at.after()] : atStart ? [$at.before(), $at.before()] : [$at.after(), $at.after()];
  tr.replaceWith(from, to, nodes.scene_break.create());
  const behind = tr.doc.resolve(from + 1).nodeAfter;
  if (!behind?.isTextblock) tr.insert(from + 1, nodes.paragraph.create());
  tr.setSelection(TextSelection.near(tr.doc.resolve(from + 2)));
  dispatch(tr.scrollIntoView());
  return true;
};

const TYPED_BREAK = /^\s*(?:([*~#=_•-])\s*(?:\1\s*){2,}|—{2,}|⁂|\*\s?\*\s?\*)\s*$/;
const isTypedBreak = (line) =>
  line.childCount === 1 && line.firstChild.isText && TYPED_BREAK.test(line.textContent);

/** Enter behind `***` makes a scene break of it. */
const enterAfterBreak = (state, dispatch) => {
  const { $from, empty } = state.selection;
  const line = $from.parent;
  const typed = empty && line.type === nodes.paragraph && $from.parentOffset === line.content.size;
  return typed && isTypedBreak(line) ? sceneBreak(state, dispatch) : false;
};

const lineBreak = (state, dispatch) => {
  if (!state.selection.$from.parent.inlineContent) return false;
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
};

export const insertImage = (src, alt) => (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.image.create({ src, alt })).scrollIntoView());
  return true;
};

/** A centred paragraph is followed by a centred one; other looks of a paragraph end with it. */
const splitParagraph = splitBlockAs((node, atEnd) =>
  atEnd && node.type === nodes.paragraph && node.attrs.align
    ? { type: nodes.paragraph, attrs: { ...NO_STYLE, align: node.attrs.align } } : null);

// ---- keys and input rules -------------------------------------------------------------------------

/** The keys of a text; `acts` are those that need the page: link, find, save and the like. */
export function textKeys({ Enter: openNote = () => false, ...acts }) {
  const keys = {
    "Mod-b": toggleLook("bold"),
    "Mod-i": toggleLook("italic"),
    "Mod-u": toggleLook("underline"),
    "Mod-Shift-x": toggleLook("strike"),
    "Mod-.": toggleLook("superscript"),
    "Mod-,": toggleLook("subscript"),
    "Mod-z": undo,
    "Mod-y": redo,
    "Mod-Shift-z": redo,
    "Mod-Enter": chainCommands(exitCode, sceneBreak),
    "Shift-Enter": chainCommands(
      (state, dispatch) => state.selection.$from.parent.type.spec.code
        ? baseKeymap.Enter(state, dispatch) : false,
      lineBreak,
    ),
    "Mod-Shift-7": toggleList(nodes.ordered_list),
    "Mod-Shift-8": toggleList(nodes.bullet_list),
    "Mod-Shift-9": toggleQuote,
    "Mod-]": chainCommands(sinkListItem(nodes.item), wrapIn(nodes.quote)),
    "Mod-[": chainCommands(liftListItem(nodes.item), lift),
    Enter: chainCommands(openNote, enterAfterBreak, splitListItem(nodes.item)),
    Backspace: undoInputRule,
    ...acts,
  };
  for (let level = 0; level <= 6; level++) keys[`Mod-Alt-${level}`] = setKind(String(level));
  const Enter = chainCommands(newlineInCode, createParagraphNear, liftEmptyBlock, splitParagraph);
  return [keymap(keys), keymap({ ...baseKeymap, Enter })];
}

/** `*so*` and `**so**` at the end of what is typed; what stands inside must begin and end in text. */
const markRule = (pattern, type) =>
  new InputRule(pattern, (state, match, start, end) => {
    const [whole, before, text] = match;
    const from = start + before.length;
    // Only within one run of plain text: positions are counted by characters.
    const length = whole.length - before.length;
    if (state.doc.textBetween(from, end).length !== length - 1) return null;
    const size = (length - text.length) / 2;
    const tr = state.tr;
    tr.delete(from + size + text.length, end);
    tr.delete(from, from + size);
    tr.addMark(from, from + text.length, type.create());
    return tr.removeStoredMark(type);
  });

export const rules = () =>
  inputRules({
    rules: [
      textblockTypeInputRule(/^(#{1,6})\s$/, nodes.heading, (match) => ({ level: match[1].length })),
      wrappingInputRule(/^\s*>\s$/, nodes.quote),
      // Not `* `: with it `* * *` would never become a scene break.
      wrappingInputRule(/^\s*[-+]\s$/, nodes.bullet_list),
      wrappingInputRule(
        /^(\d{1,4})\.\s$/,
        nodes.ordered_list,
        (match) => ({ start: Number(match[1]) === 1 ? null : Number(match[1]) }),
        (match, node) => node.childCount + (node.attrs.start ?? 1) === Number(match[1]),
      ),
      markRule(/(^|[\s("“‘—])\*\*([^*\s](?:[^*]*[^*\s])?)\*\*$/, marks.strong),
      markRule(/(^|[\s("“‘—])\*([^*\s](?:[^*]*[^*\s])?)\*$/, marks.emphasis),
      markRule(/(^|[\s("“‘—])_([^_\s](?:[^_]*[^_\s])?)_$/, marks.emphasis),
    ],
  });

/** A place between blocks where a place is at the edge of one; else the place itself. */
export function between(doc, place) {
  let at = doc.resolve(place);
  while (at.depth > 0 && at.parentOffset === 0) at = doc.resolve(at.before());
  while (at.depth > 0 && at.parentOffset === at.parent.content.size) at = doc.resolve(at.after());
  return at.pos;
}
