// How each node and mark is written as an element: its name, its style, its other attributes.
//
// Owns the one table that printing (print.js) and showing (schema.js) read, so that the two cannot
// disagree. The names are those of the server's printer (fanfold-doc, html/print.rs). Every value
// goes through checks.js here, whatever way it came in.

import * as check from "./checks.js";

/** Marks whose element is their whole meaning: name in the schema, element, reserved class. */
export const MARKS = [
  ["strong", "strong", ""], ["bold", "b", ""], ["emphasis", "em", ""], ["italic", "i", ""],
  ["underline", "u", ""], ["strike", "s", ""], ["deleted", "del", ""], ["inserted", "ins", ""],
  ["subscript", "sub", ""], ["superscript", "sup", ""], ["small", "small", ""],
  ["big", "span", "ff-big"], ["code", "code", ""], ["teletype", "code", "ff-tt"],
  ["keyboard", "kbd", ""], ["sample", "samp", ""], ["variable", "var", ""], ["cite", "cite", ""],
  ["definition", "dfn", ""], ["abbreviation", "abbr", ""],
];

const MARK_FORMS = {
  quoted: (a) => ["q", "", [["cite", check.href(a.cite)]]],
  link: (a) => ["a", "", link(a)],
  styled: () => ["span", "", []],
  ...Object.fromEntries(MARKS.map(([name, tag, own]) => [name, () => [tag, own, []]])),
};

const text = (value) => (value === null || value === undefined ? null : String(value));
const several = (count) => (count > 1 ? String(count) : null);

function link({ name, href }) {
  const [id, to] = [check.name(name), check.href(href)];
  return [
    ["id", id && `at-${id}`],
    ["href", to && (to.startsWith("#") ? `#at-${to.slice(1)}` : to)],
  ];
}

function image(a) {
  const share = (length) => (length?.endsWith("%") ? length : null);
  const pixels = (length) => (length && !length.endsWith("%") ? length : null);
  const [width, height] = [check.length(a.width), check.length(a.height)];
  return [
    ["src", check.source(a.src)],
    ["alt", check.line(a.alt) ?? ""],
    ["width", pixels(width)],
    ["height", pixels(height)],
    ["data-width", share(width)],
    ["data-height", share(height)],
    ["data-border", text(a.border)],
  ];
}

const cell = (a) => [
  ["scope", a.heading ? check.scope(a.scope) : null],
  ["colspan", several(a.colspan)],
  ["rowspan", several(a.rowspan)],
  ["data-width", check.length(a.width)],
  ["data-height", check.length(a.height)],
  ["data-abbr", check.line(a.abbr)],
  ["data-axis", check.line(a.axis)],
];

const NODE_FORMS = {
  paragraph: () => ["p", "", []],
  heading: (a) => [`h${check.whole(a.level, 1, 6) ?? 6}`, "", []],
  preformatted: () => ["pre", "", []],
  quote: (a) => ["blockquote", "", [["cite", check.href(a.cite)]]],
  bullet_list: (a) => ["ul", "", [["data-marker", check.marker(a.marker)]]],
  ordered_list: (a) => ["ol", "", [["start", a.start === 1 ? null : text(a.start)]]],
  item: () => ["li", "", []],
  definitions: () => ["dl", "", []],
  term: () => ["dt", "", []],
  detail: () => ["dd", "", []],
  table: (a) => [
    "table",
    "",
    [
      ["data-width", check.length(a.width)],
      ["data-border", text(a.border)],
      ["data-summary", check.line(a.summary)],
    ],
  ],
  caption: () => ["caption", "", []],
  row: () => ["tr", "", []],
  cell: (a) => [a.heading ? "th" : "td", "", cell(a)],
  figure: () => ["figure", "", []],
  figcaption: () => ["figcaption", "", []],
  details: (a) => ["details", "", [["open", a.open ? "open" : null]]],
  summary: () => ["summary", "", []],
  division: () => ["div", "", []],
  address: () => ["address", "", []],
  scene_break: (a) => ["hr", "", [["data-width", check.length(a.width)]]],
  image: (a) => ["img", "", image(a)],
  place: (a) => ["a", "", link(a)],
  ruby: () => ["ruby", "", []],
};

/** The attributes that say how a thing looks, with nothing asked for. */
export const NO_STYLE = { classes: "", align: null, dir: null, lang: null, title: null };

/** The style attributes of an element, checked. */
export function styleOf(element) {
  const own = element.getAttribute("class") ?? "";
  const aligned = /(?:^|\s)ff-(left|right|center|justify|top|middle|bottom)(?=\s|$)/.exec(own);
  return {
    classes: check.classes(element.getAttribute("data-class") ?? own),
    align: aligned ? aligned[1] : null,
    dir: check.dir(element.getAttribute("dir")?.toLowerCase()),
    lang: check.lang(element.getAttribute("lang")),
    title: check.line(element.getAttribute("title")),
  };
}

/** Whether a style asks for nothing. */
export const isPlain = (a) =>
  !check.classes(a.classes) && !a.align && !a.dir && !a.lang && !check.line(a.title);

/** The element of a node or mark: its name, reserved classes, the writer's classes, the rest. */
export function formOf(part) {
  const forms = part.type.name in NODE_FORMS ? NODE_FORMS : MARK_FORMS;
  const a = part.attrs;
  const [tag, own, more] = forms[part.type.name](a);
  const aligned = check.align(a.align);
  const rest = [["dir", check.dir(a.dir)], ["lang", check.lang(a.lang)], ["title", check.line(a.title)]];
  return {
    tag,
    own: [own, aligned && `ff-${aligned}`].filter(Boolean).join(" "),
    classes: check.classes(a.classes),
    attributes: [...rest, ...more].filter(([, value]) => value !== null && value !== undefined),
  };
}
