// Makes a document of the HTML that the server printed.
//
// Owns the way in: notes are put where they are called, and each block remembers the HTML that it
// came as (print.js). The HTML is read in an inert document: nothing in it runs or loads.

import { DOMParser, Fragment } from "prosemirror-model";
import * as check from "./checks.js";
import { escape, keepSource } from "./print.js";
import { prepare, schema } from "./schema.js";

/** The document of printed HTML; an empty text is an empty paragraph. */
export function documentFrom(html) {
  const { body } = new window.DOMParser().parseFromString(html, "text/html");
  for (const notes of body.querySelectorAll("section.ff-notes")) notes.remove();
  const asides = notesOf(html);
  const elements = [...body.childNodes].every((node) => node.nodeType === 1) ? [...body.children] : [];
  const sources = elements.map(sourceOf);
  callNotes(body, asides);
  prepare(body);
  const doc = DOMParser.fromSchema(schema).parse(body, { preserveWhitespace: "full" });
  if (doc.childCount === sources.length) {
    doc.forEach((node, _, at) => {
      if (sources[at] !== null) keepSource(node, sources[at]);
    });
  }
  return doc;
}

/** The blocks of printed HTML, to be put into a text. */
export const fragmentFrom = (html) => (html.trim() ? documentFrom(html).content : Fragment.empty);

function notesOf(html) {
  const { body } = new window.DOMParser().parseFromString(html, "text/html");
  const notes = new Map();
  for (const aside of body.querySelectorAll("aside[role=doc-footnote]")) {
    for (const back of aside.querySelectorAll("[role=doc-backlink]")) back.remove();
    notes.set(aside.id, [...aside.childNodes].map(sourceOf).map((source) => source ?? "").join(""));
  }
  return notes;
}

function callNotes(body, notes) {
  for (const call of body.querySelectorAll("a[role=doc-noteref]")) {
    const note = notes.get((call.getAttribute("href") ?? "").slice(1));
    const span = body.ownerDocument.createElement("span");
    span.setAttribute("data-note", note ?? "");
    if (note) call.replaceWith(span);
    else call.remove();
  }
}

// ---- what the server printed, told from the parsed elements ------------------------------------------

const ELEMENTS = new Set(
  ("a abbr address b blockquote br caption cite code col colgroup dd del details dfn div dl dt em " +
  "figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre q rp rt ruby s samp small span " +
  "strong sub summary sup table tbody td tfoot th thead tr u ul var").split(" "));
const ATTRIBUTES = new Set(
  ("class dir lang title cite start data-marker open data-width data-height data-border data-summary " +
  "data-abbr data-axis scope colspan rowspan span id href src alt width height").split(" "));
const EMPTY = new Set(["br", "hr", "img", "col"]);
const ADDRESSES = { href: check.href, cite: check.href, src: check.source };

/** An element as the server prints it, or null if the server could not have printed it. */
function sourceOf(node) {
  if (node.nodeType === 3) return escape(node.data);
  const name = node.localName;
  if (node.nodeType !== 1 || !ELEMENTS.has(name)) return null;
  if (name === "a" && node.getAttribute("role") === "doc-noteref") return "\u0001";
  let html = `<${name}`;
  for (const { name: key, value } of node.attributes) {
    const good = ATTRIBUTES.has(key) && (!(key in ADDRESSES) || ADDRESSES[key](value) === value);
    if (!good) return null;
    html += ` ${key}="${escape(value)}"`;
  }
  if (EMPTY.has(name)) return `${html}/>`;
  html += ">";
  const first = node.firstChild;
  if (name === "pre" && first?.nodeType === 3 && first.data.startsWith("\n")) html += "\n";
  for (const child of node.childNodes) {
    const inside = sourceOf(child);
    if (inside === null) return null;
    html += inside;
  }
  return `${html}</${name}>`;
}
