// What is done to the editor to find its faults: random steps, hostile pastes, printed samples; and
// what a text may hold whatever was done.

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
export const SEED = Number(process.env.FANFOLD_SEED ?? Date.now() % 1e9);
export const STEPS = Number(process.env.FANFOLD_STEPS ?? 400);

const unescape = (line) => line.replace(/\\(.)/g, (_, c) => ({ n: "\n", t: "\t" })[c] ?? c);
export const samples = (await readFile(resolve(ROOT, "editor/tests/samples.tsv"), "utf8")).trim().split("\n")
  .map((line) => line.split("\t")).map(([words, html]) => ({ words: Number(words), html: unescape(html) }));
export const payloads = (await readFile(resolve(ROOT, "crates/fanfold-doc/tests/cases/payloads.txt"), "utf8"))
  .split("\n").filter(Boolean).map((line) => line.replace(/\\f/g, "\f").replace(/\\v/g, "\v"));

/** What a saved text may hold, told without the editor: elements, attributes, addresses. */
const ELEMENTS = ("a abbr address aside b blockquote br caption cite code col colgroup dd del details dfn " +
  "div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre q rp rt ruby s samp section " +
  "small span strong sub summary sup table tbody td tfoot th thead tr u ul var").split(" ");
const ATTRIBUTES = ("class dir lang title cite start data-marker open data-width data-height data-border " +
  "data-summary data-abbr data-axis scope colspan rowspan span id href src alt width height role aria-label").split(" ");

/** Everything in printed HTML that has no place in a story, looked at in an inert document. */
export const foreign = (page, value) =>
  page.evaluate(([value, elements, attributes]) => {
    const { body, head } = new DOMParser().parseFromString(value, "text/html");
    const found = [...head.children].map((element) => element.nodeName);
    for (const element of body.querySelectorAll("*")) {
      if (!elements.includes(element.localName)) found.push(element.outerHTML.slice(0, 120));
      for (const { name, value } of element.attributes) {
        const leads = ["href", "src", "cite"].includes(name);
        const good = !leads || /^(https?:\/\/|ftp:\/\/|mailto:|#|media\/)/.test(value);
        if (!attributes.includes(name) || !good) found.push(`${name}=${value}`.slice(0, 120));
      }
    }
    return found;
  }, [value, ELEMENTS, ATTRIBUTES]);

/** Every letter. Not their order: a table's foot is printed behind its body. No brackets: a note in a
 * note, which only such steps can make, is printed in brackets. Nothing of two halves: only such steps
 * part them, and what is half is sent as unknown. */
export const letters = (value) =>
  [...value.replace(/[\u0001\s()\ufffd]|\p{Surrogate}|[\u{10000}-\u{10ffff}]/gu, "")].sort().join("");

/** Runs in the page: random steps on the text, hostile attributes among them. Gives what was printed. */
export function randomSteps([seed, steps, starts]) {
  let state = seed | 0;
  const chance = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (most) => Math.floor(chance() * most);
  const pick = (list) => list[below(list.length)];
  const field = document.querySelector("form.editor").fanfoldEditor.fields.get("text");
  const { view } = field;
  const { schema } = view.state;
  const words = ["a", " ", "<b>", "\"quoted\" ", "&amp;", "\u0001", "猫", "\n", "😀", "<script>alert(1)</script>", "* "];
  const evil = ["javascript:alert(1)", "\"><img src=x onerror=alert(1)>", "data:text/html,x", "https://ok.example/"];
  const attrs = () => pick([null, { classes: pick(evil) }, { title: pick(evil) }, { href: pick(evil), cite: pick(evil) },
    { lang: pick(evil), dir: pick(evil), align: pick(evil) }, { src: pick(evil), alt: pick(evil) },
    { name: pick(evil), width: pick(evil), level: 99, start: pick(evil) }]);
  const allowed = (type) => {
    const own = attrs() ?? {};
    return Object.fromEntries(Object.entries(own).filter(([name]) => name in (type.spec.attrs ?? {})));
  };
  const step = (tr) => {
    const size = tr.doc.content.size;
    const [one, two] = [below(size + 1), below(size + 1)];
    const [from, to] = [Math.min(one, two), Math.min(Math.max(one, two), Math.min(one, two) + 40)];
    const node = tr.doc.nodeAt(from);
    switch (below(11)) {
      case 0: case 1: case 2: return tr.insertText(pick(words), from, chance() < 0.7 ? from : to);
      case 3: return tr.delete(from, to);
      case 4: {
        const type = pick(Object.values(schema.marks));
        return chance() < 0.7 ? tr.addMark(from, to, type.create(allowed(type))) : tr.removeMark(from, to, type);
      }
      case 5: return tr.split(from, 1 + below(2));
      case 6: {
        const at = below(size + 1);
        return tr.replaceRange(at, Math.min(size, at + below(10)), tr.doc.slice(from, to));
      }
      case 7: return node ? tr.setNodeMarkup(from, null, { ...node.attrs, ...allowed(node.type) }) : tr;
      case 8: {
        const type = pick(Object.values(schema.nodes).filter((type) => type.isLeaf && !type.isText));
        return tr.insert(from, type.create(allowed(type)));
      }
      case 9: {
        const $from = tr.doc.resolve(from);
        const range = $from.blockRange(tr.doc.resolve(to));
        return range ? tr.wrap(range, [{ type: pick([schema.nodes.quote, schema.nodes.division, schema.nodes.address]) }]) : tr;
      }
      default: return tr.setBlockType(from, to, pick([schema.nodes.paragraph, schema.nodes.heading, schema.nodes.preformatted]));
    }
  };
  const out = [];
  for (const start of starts) {
    field.replace(start);
    const before = view.state.doc;
    let taken = 0;
    for (let at = 0; at < steps; at++) {
      let tr = view.state.tr;
      try {
        tr = step(tr);
        tr.doc.check();
      } catch {
        continue; // A step that does not fit its place is refused; the next one is tried.
      }
      view.dispatch(tr);
      taken += 1;
    }
    view.state.doc.check();
    const printed = field.html();
    const seen = view.state.doc.textContent;
    field.replace(printed);
    const again = field.html();
    const { textContent } = view.state.doc;
    field.replace(again);
    out.push({ printed, again, third: field.html(), seen, taken, lost: before.eq(view.state.doc) && taken > 50,
      shown: textContent, live: view.dom.querySelectorAll("script, iframe, [onerror], [onclick]").length,
      links: [...view.dom.querySelectorAll("[href], [src]")].map((e) => e.getAttribute("href") ?? e.getAttribute("src")) });
  }
  return out;
}
