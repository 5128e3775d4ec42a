// What can be typed: the same closed set of blocks, inlines and marks as the server's document.
//
// Owns the schema of the editor: how each part is shown, and how it is read from elements that the
// server printed or that were copied out of an editor of ours. Has no room for anything else.

import { DOMParser, DOMSerializer, Fragment, Schema } from "prosemirror-model";
import * as check from "./checks.js";
import { MARKS, NO_STYLE, formOf, isPlain, styleOf } from "./forms.js";
import { noteText } from "./print.js";

const defaults = (values) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { default: value }]));
const STYLE = defaults(NO_STYLE);

/** The element that shows a part: the writer's classes have no look here, names are no ids. */
export function shown(part, hole = 0) {
  const { tag, own, classes, attributes } = formOf(part);
  const attrs = { class: own || null, "data-class": classes || null };
  for (const [name, value] of attributes) attrs[name === "id" ? "data-id" : name] = value;
  return hole === null ? [tag, attrs] : [tag, attrs, hole];
}

const attr = (dom, name) => dom.getAttribute(name);
const lengthOf = (dom, name) => check.length(attr(dom, `data-${name}`) ?? attr(dom, name));
const placeOf = (dom) => check.name((attr(dom, "data-id") ?? attr(dom, "id") ?? "").replace(/^at-/, ""));
const hrefOf = (dom) => check.href((attr(dom, "href") ?? "").replace(/^#at-/, "#"));
const read = (more) => (dom) => ({ ...styleOf(dom), ...more?.(dom) });
const rule = (tag, more, rest) => ({ tag, getAttrs: read(more), ...rest });

/** A block that holds `content` and is one element. */
const simple = (content, tag, extra) => ({
  content, attrs: STYLE, parseDOM: [rule(tag)], toDOM: (node) => shown(node), ...extra,
});

/** The inlines among some DOM nodes. */
function inlinesOf(nodes, schema) {
  const box = document.implementation.createHTMLDocument("").createElement("p");
  box.append(...nodes.map((node) => node.cloneNode(true)));
  const topNode = schema.nodes.paragraph.create();
  return DOMParser.fromSchema(schema).parse(box, { topNode, preserveWhitespace: "full" }).content;
}

function rubyContent(dom, schema) {
  const parts = [];
  let base = [];
  const flush = (reading) => {
    if (!base.length && !reading.length) return;
    parts.push(schema.nodes.ruby_base.create(null, inlinesOf(base, schema)));
    if (reading) parts.push(schema.nodes.ruby_reading.create(null, inlinesOf(reading, schema)));
    base = [];
  };
  for (const child of dom.childNodes) {
    if (child.nodeName === "RT") flush([...child.childNodes]);
    else if (child.nodeName !== "RP") base.push(child);
  }
  if (base.length) flush([]);
  return Fragment.from(parts);
}

function showRuby(node) {
  const inside = (part) => DOMSerializer.fromSchema(node.type.schema).serializeFragment(part.content);
  const ruby = DOMSerializer.renderSpec(document, shown(node, null)).dom;
  node.forEach((part) => {
    const reading = part.type.name === "ruby_reading";
    if (reading) ruby.append(tag("rp", "("), tag("rt", inside(part)), tag("rp", ")"));
    else ruby.append(inside(part));
  });
  return ruby;
}

function tag(name, content) {
  const element = document.createElement(name);
  element.append(content);
  return element;
}

function noteContent(dom, schema) {
  const html = new window.DOMParser().parseFromString(attr(dom, "data-note") ?? "", "text/html");
  prepare(html.body);
  const doc = DOMParser.fromSchema(schema).parse(html.body, { preserveWhitespace: "full" });
  return doc.content;
}

function columnsOf(table) {
  const columns = table.querySelectorAll(":scope > colgroup > col, :scope > col");
  return [...columns].map((col) => {
    const { classes, align, dir, lang, title } = styleOf(col);
    const all = [align && `ff-${align}`, classes].filter(Boolean).join(" ");
    const span = check.whole(attr(col, "span"), 2, 1000);
    const list = { class: all || null, dir, lang, title, span, "data-width": lengthOf(col, "width") };
    return Object.entries(list).filter(([, v]) => v !== null).map(([k, v]) => [k, String(v)]);
  });
}

const PARTS = { THEAD: "head", TFOOT: "foot" };
const number = (dom, name, most) => check.whole(attr(dom, `data-${name}`) ?? attr(dom, name), 0, most);

const structure = {
  doc: { content: "block+" },
  paragraph: simple("inline*", "p", { group: "block" }),
  heading: {
    content: "inline*", group: "block", defining: true,
    attrs: { ...STYLE, level: { default: 2 } },
    parseDOM: [1, 2, 3, 4, 5, 6].map((level) => rule(`h${level}`, () => ({ level }))),
    toDOM: (node) => shown(node),
  },
  preformatted: {
    content: "inline*", group: "block", attrs: STYLE, code: true, defining: true,
    parseDOM: [rule("pre", null, { preserveWhitespace: "full" })],
    toDOM: (node) => shown(node),
  },
  quote: {
    content: "block+", group: "block", defining: true,
    attrs: { ...STYLE, cite: { default: null } },
    parseDOM: [rule("blockquote", (dom) => ({ cite: check.href(attr(dom, "cite")) }))],
    toDOM: (node) => shown(node),
  },
  bullet_list: {
    content: "item+", group: "block", attrs: { ...STYLE, marker: { default: null } },
    parseDOM: [rule("ul", (dom) => ({ marker: check.marker(attr(dom, "data-marker")) }))],
    toDOM: (node) => shown(node),
  },
  ordered_list: {
    content: "item+", group: "block", attrs: { ...STYLE, start: { default: null } },
    parseDOM: [
      rule("ol", (dom) => ({ start: check.whole(attr(dom, "start"), -2147483648, 2147483647) })),
    ],
    toDOM: (node) => shown(node),
  },
  item: simple("block+", "li", { defining: true }),
  definitions: simple("(term | detail)+", "dl", { group: "block" }),
  term: simple("inline*", "dt"),
  detail: simple("block+", "dd", { defining: true }),
  details: {
    content: "summary block*", group: "block", attrs: { ...STYLE, open: { default: false } },
    parseDOM: [rule("details", (dom) => ({ open: attr(dom, "open") !== null })),
      rule("section[data-details]", (dom) => ({ open: attr(dom, "open") !== null }))],
    // A real one would hide what is to be edited.
    toDOM: (node) => ["section", { ...shown(node)[1], "data-details": "" }, 0],
  },
  summary: {
    content: "inline*", attrs: STYLE, isolating: true,
    parseDOM: [{ tag: "summary" }, { tag: "div[data-summary-of]", priority: 60 }],
    toDOM: () => ["div", { "data-summary-of": "" }, 0],
  },
  division: {
    content: "block+", group: "block", attrs: STYLE,
    parseDOM: [{
      tag: "div",
      getAttrs: (dom) => {
        const style = styleOf(dom);
        return isPlain(style) ? false : style;
      },
    }],
    toDOM: (node) => shown(node),
  },
  address: simple("block+", "address", { group: "block" }),
  scene_break: {
    group: "block", attrs: { ...STYLE, width: { default: null } },
    parseDOM: [rule("hr", (dom) => ({ width: lengthOf(dom, "width") }))],
    toDOM: (node) => shown(node, null),
  },
};

const illustrated = {
  table: {
    content: "caption? row+", group: "block", isolating: true,
    attrs: { ...STYLE, ...defaults({ width: null, border: null, summary: null, columns: [] }) },
    parseDOM: [rule("table", (dom) => ({
      width: lengthOf(dom, "width"), border: number(dom, "border", 65535),
      summary: check.line(attr(dom, "data-summary")), columns: columnsOf(dom),
    }))],
    toDOM: (node) => shown(node),
  },
  caption: { content: "inline*", attrs: STYLE, isolating: true,
    parseDOM: [{ tag: "caption" }], toDOM: (node) => shown(node) },
  row: {
    content: "cell+", attrs: { ...STYLE, part: { default: "body" } },
    parseDOM: [rule("tr", (dom) => {
      const part = attr(dom, "data-part") ?? PARTS[dom.parentNode?.nodeName] ?? "body";
      return { part: ["head", "foot"].includes(part) ? part : "body" };
    })],
    toDOM: (node) => ["tr", { ...shown(node)[1], "data-part": node.attrs.part }, 0],
  },
  cell: {
    content: "block+", isolating: true,
    attrs: { ...STYLE, ...defaults({ heading: false, scope: null, colspan: 1, rowspan: 1,
      width: null, height: null, abbr: null, axis: null }) },
    parseDOM: [rule("td, th", (dom) => ({
      heading: dom.nodeName === "TH", scope: check.scope(attr(dom, "scope")),
      colspan: check.whole(attr(dom, "colspan"), 1, 1000) ?? 1,
      rowspan: check.whole(attr(dom, "rowspan"), 1, 65534) ?? 1,
      width: lengthOf(dom, "width"), height: lengthOf(dom, "height"),
      abbr: check.line(attr(dom, "data-abbr")), axis: check.line(attr(dom, "data-axis")),
    }))],
    toDOM: (node) => shown(node),
  },
  figure: simple("block* figcaption?", "figure", { group: "block" }),
  figcaption: { content: "block+", attrs: STYLE, isolating: true,
    parseDOM: [{ tag: "figcaption" }], toDOM: (node) => shown(node) },
};

function showImage(node) {
  const [name, attrs] = shown(node, null);
  if (attrs.src?.startsWith("media/")) {
    return [name, { ...attrs, src: `/${attrs.src}`, "data-src": attrs.src, draggable: "true" }];
  }
  // Nothing is loaded from elsewhere: words stand for the picture.
  const { src, alt, ...rest } = attrs;
  return ["span", { ...rest, class: `ff-image ${attrs.class ?? ""}`, "data-src": src,
    "data-alt": alt }, alt || src || "image"];
}

const inline = {
  text: { group: "inline" },
  hard_break: { group: "inline", inline: true, selectable: false, linebreakReplacement: true,
    parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
  image: {
    group: "inline", inline: true, draggable: true,
    attrs: { ...STYLE, ...defaults({ src: null, alt: "", width: null, height: null, border: null }) },
    parseDOM: ["img", "span.ff-image"].map((tag) => ({
      tag, priority: 70,
      getAttrs: (dom) => {
        const src = check.source(attr(dom, "data-src") ?? attr(dom, "src"));
        return src ? { ...styleOf(dom), src, alt: attr(dom, "data-alt") ?? attr(dom, "alt") ?? "",
          width: lengthOf(dom, "width"), height: lengthOf(dom, "height"),
          border: number(dom, "border", 65535) } : false;
      },
    })),
    toDOM: showImage,
  },
  place: {
    group: "inline", inline: true, attrs: { ...STYLE, ...defaults({ name: null, href: null }) },
    parseDOM: [{
      tag: "a", priority: 70,
      getAttrs: (dom) => dom.childNodes.length === 0 && placeOf(dom)
        ? { ...styleOf(dom), name: placeOf(dom), href: hrefOf(dom) } : false,
    }],
    toDOM: (node) => shown(node, null),
  },
  ruby: {
    content: "(ruby_base ruby_reading)*", group: "inline", inline: true, atom: true, attrs: STYLE,
    parseDOM: [rule("ruby", null, { getContent: rubyContent })], toDOM: showRuby,
  },
  ruby_base: { content: "(text | hard_break | image | place)*" },
  ruby_reading: { content: "(text | hard_break | image | place)*" },
  footnote: {
    content: "block+", group: "inline", inline: true, atom: true, draggable: true,
    parseDOM: [{ tag: "span[data-note]", priority: 70, getContent: noteContent }],
    // Blocks cannot stand in a line of HTML, so they travel as an attribute.
    toDOM: (node) => ["span", { class: "ff-note", "data-note": noteText(node) }],
  },
};

/** `n` tells a mark from an equal one round it, as quotations inside quotations have. */
const INNER = { ...STYLE, n: { default: 0 } };
const numbered = (dom) => ({ n: check.whole(attr(dom, "data-n"), 0, 99) ?? 0 });
const showMark = (mark) => {
  const [name, attrs, hole] = shown(mark);
  return [name, { ...attrs, "data-n": mark.attrs.n || null }, hole];
};

// What stands first is outermost: a quotation or link is not taken apart by emphasis inside it.
const marks = {
  quoted: {
    attrs: { ...INNER, cite: { default: null } }, excludes: "",
    parseDOM: [rule("q", (d) => ({ ...numbered(d), cite: check.href(attr(d, "cite")) }))],
    toDOM: showMark,
  },
  link: {
    attrs: { ...STYLE, ...defaults({ href: null, name: null }) }, inclusive: false,
    parseDOM: [{
      tag: "a",
      getAttrs: (dom) => {
        const [href, name] = [hrefOf(dom), placeOf(dom)];
        return href || name ? { ...styleOf(dom), href, name } : false;
      },
    }],
    toDOM: (mark) => shown(mark),
  },
  styled: {
    attrs: INNER, excludes: "",
    parseDOM: [{
      tag: "span",
      getAttrs: (dom) => {
        const style = styleOf(dom);
        return isPlain(style) || dom.matches(".ff-big, .ff-image, [data-note]")
          ? false : { ...style, ...numbered(dom) };
      },
    }],
    toDOM: showMark,
  },
};
for (const [name, element, own] of MARKS) {
  const selector = own ? `${element}.${own}` : element;
  marks[name] = {
    attrs: INNER, excludes: "",
    parseDOM: [rule(selector, numbered, own ? { priority: 55 } : {})],
    toDOM: showMark,
  };
}

export const schema = new Schema({ nodes: { ...structure, ...illustrated, ...inline }, marks });

/** Numbers equal marks that stand inside each other, so that none of them is lost. */
export function prepare(root) {
  const outer = (element) => {
    let count = 0;
    for (let up = element.parentElement; up && up !== root; up = up.parentElement) {
      if (up.nodeName === element.nodeName) count += 1;
    }
    return count;
  };
  const names = [...new Set(["q", "span", ...MARKS.map((mark) => mark[1])])].join();
  for (const element of root.querySelectorAll(names)) {
    const n = outer(element);
    if (n) element.setAttribute("data-n", String(Math.min(n, 99)));
  }
}
