// Prints a document of the editor as the HTML that the server keeps (fanfold-doc, html/print.rs).
//
// Owns the printed form of blocks, kept beside each block: nodes never change, so a block that
// nobody touched is not printed again, and one that came from the server goes back byte for byte.

import { printable } from "./checks.js";
import { formOf, isPlain } from "./forms.js";

/** Stands for the call of a note until the notes are numbered. Never in a text: see printable. */
const CALL = "\u0001";

/** Printed blocks without the numbers of their notes; those inside notes, which have none. */
const printed = new WeakMap();
const printedInNotes = new WeakMap();
let inNote = false;

/** Takes what the server printed for a block for the block's own printed form, in a note as well if
 * it calls none. */
export function keepSource(node, html) {
  printed.set(node, html);
  if (!html.includes(CALL)) printedInNotes.set(node, html);
}

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
export const escape = (text) => text.replace(/[&<>"]/g, (c) => ESCAPES[c]);

/** The HTML of a document, with its notes at the end. */
export function print(doc) {
  const notes = [];
  let number = 0;
  const numbered = (html, node) => {
    if (!html.includes(CALL)) return html;
    notesIn(node, notes);
    return html.replaceAll(CALL, () => {
      number += 1;
      return (
        `<a class="ff-note" id="fnref${number}" href="#fn${number}" role="doc-noteref">` +
        `${number}</a>`
      );
    });
  };
  let html = "";
  doc.forEach((node) => (html += numbered(block(node), node)));
  return html + printNotes(notes);
}

/** The HTML of one block with the text of its notes: two blocks that print the same say the same. */
export function printedBlock(node) {
  const notes = [];
  notesIn(node, notes);
  return block(node) + notes.map(noteText).join("");
}

function printNotes(notes) {
  if (!notes.length) return "";
  const aside = (note, at) =>
    `<aside id="fn${at + 1}" role="doc-footnote">${noteText(note)}` +
    `<a class="ff-back" href="#fnref${at + 1}" role="doc-backlink" ` +
    `aria-label="Back to the text">\u21a9</a></aside>`;
  const all = notes.map(aside).join("");
  return `<section class="ff-notes" role="doc-endnotes">${all}</section>`;
}

function notesIn(node, notes) {
  node.descendants((inner) => {
    if (inner.type.name !== "footnote") return true;
    if (!noteText(inner)) return false;
    notes.push(inner);
    return false;
  });
}

function start(part) {
  const { tag, own, classes, attributes } = formOf(part);
  const all = [own, classes].filter(Boolean).join(" ");
  const list = all ? [["class", all], ...attributes] : attributes;
  return `<${tag}${list.map(([name, value]) => ` ${name}="${escape(value)}"`).join("")}`;
}

const close = (part) => `</${formOf(part).tag}>`;

/** The HTML of a note's own text; empty if nothing is in it. */
export function noteText(note) {
  const outer = inNote;
  inNote = true;
  const html = blocks(note);
  inNote = outer;
  return html;
}

/** The HTML of a node's blocks, notes left as calls. */
function blocks(parent) {
  let html = "";
  parent.forEach((node) => (html += block(node)));
  return html;
}

/** A single plain paragraph needs no element of its own. */
function tight(parent) {
  let only = null;
  let count = 0;
  parent.forEach((node) => {
    if (!block(node)) return;
    only = node;
    count += 1;
  });
  const bare = count === 1 && only.type.name === "paragraph" && isPlain(only.attrs);
  return bare ? inlines(only) : blocks(parent);
}

function block(node) {
  const kept = inNote ? printedInNotes : printed;
  let html = kept.get(node);
  if (html === undefined) {
    html = fresh(node);
    kept.set(node, html);
  }
  return html;
}

function fresh(node) {
  const whole = (inside) => `${start(node)}>${inside}${close(node)}`;
  switch (node.type.name) {
    case "preformatted": {
      const text = inlines(node);
      // The parser drops a line end that stands first.
      return whole(text.startsWith("\n") ? `\n${text}` : text);
    }
    case "scene_break":
      return `${start(node)}/>`;
    case "division":
      // One that asks for nothing is nothing.
      return isPlain(node.attrs) ? blocks(node) : whole(blocks(node));
    case "item":
    case "cell":
    case "detail":
    case "figcaption":
      return whole(tight(node));
    case "table":
      return whole(table(node));
    case "paragraph": {
      const text = inlines(node);
      return text && whole(text);
    }
    default:
      return whole(node.inlineContent ? inlines(node) : blocks(node));
  }
}

function table(node) {
  const parts = { head: "", body: "", foot: "" };
  let caption = "";
  node.forEach((child) => {
    if (child.type.name !== "row") {
      caption = child.childCount ? block(child) : "";
    } else {
      parts[child.attrs.part in parts ? child.attrs.part : "body"] += block(child);
    }
  });
  const rows = Object.entries(parts).map(([part, html]) => html && `<t${part}>${html}</t${part}>`);
  return caption + columns(node.attrs.columns) + rows.join("");
}

/** Columns are kept as the elements that they were read from: nothing of them is edited. */
function columns(list) {
  const one = (attributes) =>
    `<col${attributes.map(([name, value]) => ` ${name}="${escape(value)}"`).join("")}/>`;
  return list.length ? `<colgroup>${list.map(one).join("")}</colgroup>` : "";
}

// ---- inside a line --------------------------------------------------------------------------------

/** Whether a mark says anything: a link leads somewhere or is a place, a style asks for something. */
function shows(mark) {
  if (mark.type.name === "styled") return !isPlain(mark.attrs);
  if (mark.type.name !== "link") return true;
  return formOf(mark).attributes.some(([name]) => name === "href" || name === "id");
}

function inlines(parent) {
  let html = "";
  let open = [];
  const keep = (count) => {
    for (const mark of open.slice(count).reverse()) html += close(mark);
    open = open.slice(0, count);
  };
  parent.forEach((node) => {
    const text = inline(node, parent);
    // What shows nothing needs no marks round it.
    if (!text) return;
    // A note calls with a link of its own, and links cannot stand in links.
    const isLink = node.type.name === "footnote" || node.type.name === "place";
    const marks = node.marks.filter((mark) => shows(mark) && !(isLink && mark.type.name === "link"));
    let same = 0;
    while (same < open.length && same < marks.length && open[same].eq(marks[same])) same += 1;
    keep(same);
    for (const mark of marks.slice(same)) {
      html += `${start(mark)}>`;
      open.push(mark);
    }
    html += text;
  });
  keep(0);
  return html;
}

function inline(node, parent) {
  switch (node.type.name) {
    case "text":
      return escape(printable(node.text));
    case "hard_break":
      return parent.type.name === "preformatted" ? "\n" : "<br/>";
    case "image":
      return formOf(node).attributes.some(([name]) => name === "src") ? `${start(node)}/>` : "";
    case "place":
      return formOf(node).attributes.some(([name]) => name === "id") ? `${start(node)}></a>` : "";
    case "footnote":
      // A note in a note is read where it stands, as the server has it.
      if (inNote) return node.textContent.trim() && ` (${escape(printable(node.textContent.trim()))}) `;
      return noteText(node) ? CALL : "";
    case "ruby":
      return ruby(node);
    default:
      return "";
  }
}

/** Bases and readings in turns; a pair that shows nothing is left out. */
function ruby(node) {
  let html = "";
  let base = "";
  node.forEach((part) => {
    const text = inlines(part);
    if (part.type.name === "ruby_base") base = text;
    else if (base || text) html += `${base}<rp>(</rp><rt>${text}</rt><rp>)</rp>`;
  });
  return html && `${start(node)}>${html}</ruby>`;
}
