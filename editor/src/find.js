// Find and replace, with everything that would be replaced shown before it is.
//
// Owns the search (letters, case, whole words; straight quotes find curly ones), its marks in the
// text, and its panel. A replacement keeps the marks of the first letter that it replaces.

import { Plugin, PluginKey, TextSelection } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import { linesOf, rangeIn } from "./lines.js";
import { button, make, newId, several } from "./page.js";

const key = new PluginKey("find");
const SHOWN = 100;
const MOST = 5000;

/** The pattern of what is looked for; null where there is nothing to look for. */
export function pattern({ text, matchCase, wholeWord }) {
  if (!text) return null;
  const escaped = text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  const loose = escaped.replace(/'/g, "['‘’]").replace(/"/g, '["“”]').replace(/\s+/g, "\\s+");
  const letter = "[\\p{L}\\p{N}\\p{M}_]";
  const source = wholeWord ? `(?<!${letter})${loose}(?!${letter})` : loose;
  return new RegExp(source, matchCase ? "gu" : "giu");
}

/** All places, in order: { from, to, before, words, after }. */
export function search(doc, question) {
  const wanted = pattern(question);
  const hits = [];
  if (!wanted) return hits;
  for (const { node, pos, text } of linesOf(doc)) {
    for (const match of text.matchAll(wanted)) {
      if (hits.length >= MOST) return hits;
      const end = match.index + match[0].length;
      const range = rangeIn(node, pos, match.index, end);
      if (range.from === range.to) continue;
      hits.push({
        ...range, words: match[0],
        before: text.slice(Math.max(0, match.index - 30), match.index),
        after: text.slice(end, end + 30),
      });
    }
  }
  return hits;
}

/** Replaces places, last first, so that the others stay where they are. */
export function replaceAll(tr, hits, text) {
  for (const { from, to } of [...hits].reverse()) {
    const marks = tr.doc.resolve(from).marksAcross(tr.doc.resolve(to)) ?? [];
    if (text) tr.replaceWith(from, to, tr.doc.type.schema.text(text, marks));
    else tr.delete(from, to);
  }
  return tr;
}

export const finding = () =>
  new Plugin({
    key,
    state: {
      init: () => ({ question: null, hits: [], at: 0, set: DecorationSet.empty }),
      apply(tr, old) {
        const asked = tr.getMeta(key);
        if (!asked && (!tr.docChanged || !old.question)) return old;
        const state = { ...old, ...asked };
        if (tr.docChanged || asked?.question !== undefined) {
          state.hits = state.question ? search(tr.doc, state.question) : [];
        }
        state.at = Math.max(0, Math.min(state.at, state.hits.length - 1));
        const mark = ({ from, to }, at) => Decoration.inline(from, to,
          { class: at === state.at ? "ed-hit ed-hit-now" : "ed-hit" });
        state.set = DecorationSet.create(tr.doc, state.hits.map(mark));
        return state;
      },
    },
    props: { decorations: (state) => key.getState(state).set },
  });

export class FindPanel {
  #view = null;

  constructor(say) {
    this.say = say;
    const box = (label) => make("input", { id: newId("find"), autocomplete: "off", spellcheck: "false",
      "aria-label": label, placeholder: label, input: () => this.#ask(), keydown: (e) => this.#key(e) });
    const tick = (label) => make("input", { type: "checkbox", id: newId("find"), change: () => this.#ask() });
    [this.text, this.by] = [box("Find"), box("Replace with")];
    [this.matchCase, this.wholeWord] = [tick(), tick()];
    this.count = make("output", { class: "ed-count", "aria-live": "polite" });
    this.preview = make("ol", { class: "ed-preview" });
    const label = (input, text) => make("label", { class: "ed-tick" }, input, text);
    this.element = make("section", { class: "ed-find", "aria-label": "Find and replace", hidden: true },
      make("div", { class: "ed-find-row" }, this.text, this.count,
        button("Previous", () => this.step(-1)), button("Next", () => this.step(1))),
      make("div", { class: "ed-find-row" }, this.by, button("Replace", () => this.#one()),
        button("Replace all", () => this.#all()), button("Close", () => this.close())),
      make("div", { class: "ed-find-row" }, label(this.matchCase, "Match case"),
        label(this.wholeWord, "Whole word")),
      make("details", { class: "ed-previews" }, make("summary", {}, "What would be replaced"), this.preview));
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
    });
  }

  open(view) {
    if (this.#view && this.#view !== view) this.#tell({ question: null });
    this.#view = view;
    const { from, to, empty } = view.state.selection;
    const words = view.state.doc.textBetween(from, to, "\n");
    if (!empty && words.length < 200 && !words.includes("\n")) this.text.value = words;
    this.element.hidden = false;
    this.#ask();
    this.text.focus();
    this.text.select();
  }

  close() {
    this.element.hidden = true;
    if (!this.#view || this.#view.isDestroyed) return;
    const { hits, at } = key.getState(this.#view.state);
    const hit = hits[at];
    this.#tell({ question: null });
    if (hit) {
      const { tr, doc } = this.#view.state;
      this.#view.dispatch(tr.setSelection(TextSelection.create(doc, hit.from, hit.to)));
    }
    this.#view.focus();
  }

  /** The text changed, or another text is looked at. */
  update(view) {
    if (view === this.#view && !this.element.hidden) this.#show();
  }

  #tell(meta) {
    if (!this.#view?.isDestroyed) this.#view?.dispatch(this.#view.state.tr.setMeta(key, meta));
  }

  #ask() {
    if (!this.#view) return;
    const question = { text: this.text.value, matchCase: this.matchCase.checked,
      wholeWord: this.wholeWord.checked };
    const { from } = this.#view.state.selection;
    const hits = search(this.#view.state.doc, question);
    const at = hits.findIndex((hit) => hit.to > from);
    this.#tell({ question, at: Math.max(at, 0) });
    this.#show(true);
  }

  step(by) {
    const { hits, at } = key.getState(this.#view.state);
    if (!hits.length) return;
    this.#tell({ at: (at + by + hits.length) % hits.length });
    this.#show(true);
  }

  #show(scroll) {
    const { hits, at, question } = key.getState(this.#view.state);
    const more = hits.length >= MOST ? "+" : "";
    this.count.textContent = !question?.text ? "" : hits.length
      ? `${at + 1} of ${hits.length}${more}` : "not found";
    const row = (hit) => make("li", {}, `…${hit.before}`, make("del", {}, hit.words),
      this.by.value ? make("ins", {}, this.by.value) : null, `${hit.after}…`);
    this.preview.replaceChildren(...hits.slice(0, SHOWN).map(row));
    if (hits.length > SHOWN) {
      this.preview.append(make("li", {}, `and ${several(hits.length - SHOWN, "more place")}`));
    }
    if (scroll && hits[at]) {
      const { node } = this.#view.domAtPos(hits[at].from);
      (node.nodeType === 1 ? node : node.parentElement)?.scrollIntoView({ block: "center" });
    }
  }

  #one() {
    const { hits, at } = key.getState(this.#view.state);
    if (!hits[at]) return;
    const tr = replaceAll(this.#view.state.tr, [hits[at]], this.by.value);
    // What was put in is not found again if it holds what is looked for.
    const behind = hits[at].from + this.by.value.length;
    this.#view.dispatch(tr);
    const next = key.getState(this.#view.state).hits.findIndex((hit) => hit.from >= behind);
    this.#tell({ at: Math.max(next, 0) });
    this.#show(true);
  }

  #all() {
    const { hits } = key.getState(this.#view.state);
    if (!hits.length) return;
    this.#view.dispatch(replaceAll(this.#view.state.tr, hits, this.by.value));
    this.#show();
    this.say(`replaced ${several(hits.length, "place")}; undo takes it back`);
  }

  #key(event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (event.target === this.by) this.#one();
    else this.step(event.shiftKey ? -1 : 1);
  }
}
