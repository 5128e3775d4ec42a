// Proofreading beside the text: marks in it, and a list of them grouped by rule.
//
// Owns when a paragraph is sent to be read (after a short pause, only what changed; the whole text
// after a longer one), where the marks are now, and what accepting, dismissing and silencing do. It
// knows no rule: all marks come from the server.

import { Plugin, PluginKey, TextSelection } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import { replaceAll } from "./find.js";
import { KeptSet } from "./kept.js";
import { linesOf, offsetOf, rangeIn } from "./lines.js";
import { button, make, several } from "./page.js";
import { Away, post } from "./server.js";

const key = new PluginKey("proof");
const PAUSE = 300;
const WHOLE = 3000;
const LISTED = 40;

/** Shows what the panel puts there; until then marks move with the text. */
export const proofing = () =>
  new Plugin({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply: (tr, set) => tr.getMeta(key) ?? set.map(tr.mapping, tr.doc),
    },
    props: { decorations: (state) => key.getState(state) },
  });

const isMark = (mark) =>
  mark && typeof mark.rule === "string" && Number.isInteger(mark.paragraph) &&
  Number.isInteger(mark.from) && Number.isInteger(mark.to) && mark.from < mark.to;

export class ProofPanel {
  /** Marks of each block of text, by the block itself: a changed one is another block. */
  #read = new WeakMap();
  /** The same for blocks in which something was accepted, until they are read again. */
  #carried = new WeakMap();
  #marks = [];
  #silenced = new Set();
  #timers = {};
  #running = false;
  /** The mark that keys reach: its place in the list, and its key where it is still listed. */
  #chosen = { at: 0, key: null };

  constructor({ view, address, lang, save, say }) {
    Object.assign(this, { view, address, lang, say });
    this.dismissed = new KeptSet(`dismissed:${save}`);
    this.status = make("p", { class: "ed-proof-status", role: "status" });
    this.list = make("div", { class: "ed-proof-list", keydown: (event) => this.#key(event),
      focusin: ({ target }) => this.#remember(this.#listed().findIndex((mark) => mark.button === target)) });
    this.element = make("section", { class: "ed-panel", "aria-label": "Proofreading", hidden: true },
      make("h2", {}, "Proofreading"), this.status,
      make("p", { class: "ed-keys" }, "On a mark: Enter accepts, A accepts all of its rule, ",
        "D dismisses, S silences the rule for good. F8 goes to the next in the text."),
      this.list);
  }

  get isOn() {
    return !this.element.hidden;
  }

  toggle(on = !this.isOn) {
    this.element.hidden = !on;
    if (on) this.#ask(true);
    else this.#decorate([]);
  }

  /** The text was changed. */
  changed() {
    if (!this.isOn) return;
    clearTimeout(this.#timers.part);
    clearTimeout(this.#timers.whole);
    this.#timers.part = setTimeout(() => this.#ask(false), PAUSE);
    this.#timers.whole = setTimeout(() => this.#ask(true), WHOLE);
  }

  async #ask(whole) {
    if (!this.isOn || this.view.isDestroyed) return;
    if (this.#running) {
      this.#timers.part = setTimeout(() => this.#ask(whole), PAUSE);
      return;
    }
    const all = linesOf(this.view.state.doc);
    const lines = all.filter(({ node, text }) => text.trim() && (whole || !this.#read.has(node)));
    if (lines.length) {
      this.#running = true;
      try {
        await this.#send(lines);
        this.status.textContent = "";
      } catch (error) {
        if (!(error instanceof Away)) throw error;
        this.status.textContent = "The server is not reached; marks come when it is.";
        this.#timers.whole = setTimeout(() => this.#ask(true), 10_000);
      } finally {
        this.#running = false;
      }
    }
    this.#gather();
  }

  async #send(lines) {
    const paragraphs = lines.map((line) => line.text);
    const { status, answer } = await post(this.address, { lang: this.lang, paragraphs });
    if (status !== 200 || !Array.isArray(answer.marks)) throw new Away(`status ${status}`);
    const found = lines.map(() => []);
    for (const mark of answer.marks.filter(isMark)) found[mark.paragraph]?.push(mark);
    lines.forEach(({ node }, at) => this.#read.set(node, found[at]));
  }

  /** Works out anew where all marks are, and shows them. */
  #gather() {
    if (!this.isOn || this.view.isDestroyed) return;
    const marks = [];
    const times = new Map();
    for (const { node, pos, text } of linesOf(this.view.state.doc)) {
      for (const mark of this.#read.get(node) ?? this.#carried.get(node) ?? []) {
        if (mark.to > text.length || this.#silenced.has(mark.rule)) continue;
        const words = text.slice(mark.from, mark.to);
        const before = text.slice(Math.max(0, mark.from - 24), mark.from);
        const after = text.slice(mark.to, mark.to + 24);
        const id = [mark.rule, words, before].join("\u0000");
        const place = rangeIn(node, pos, mark.from, mark.to);
        if (place.from === place.to || this.dismissed.has(id)) continue;
        const instead = (mark.instead ?? []).filter((one) => typeof one === "string");
        times.set(id, (times.get(id) ?? 0) + 1);
        const key = `${id}#${times.get(id)}`;
        marks.push({ ...mark, ...place, instead, words, before, after, id, key });
      }
    }
    marks.sort((one, other) => one.from - other.from);
    this.#decorate(marks);
    this.#show();
  }

  #decorate(marks) {
    this.#marks = marks;
    if (this.view.isDestroyed) return;
    const { tr, doc } = this.view.state;
    const one = (mark) => Decoration.inline(mark.from, mark.to,
      { class: "ed-proof", title: [mark.name, mark.why].filter(Boolean).join(": ") });
    this.view.dispatch(tr.setMeta(key, DecorationSet.create(doc, marks.map(one)))
      .setMeta("addToHistory", false));
  }

  // ---- the list -----------------------------------------------------------------------------------

  /** Marks by group and rule, in the order in which they first come. */
  #groups() {
    const groups = new Map();
    for (const mark of this.#marks) {
      const group = mark.group ?? "Other";
      if (!groups.has(group)) groups.set(group, new Map());
      const rules = groups.get(group);
      if (!rules.has(mark.rule)) rules.set(mark.rule, []);
      rules.get(mark.rule).push(mark);
    }
    return groups;
  }

  #show() {
    const hadFocus = this.list.contains(document.activeElement);
    this.#marks.forEach((mark) => (mark.button = null));
    const parts = [];
    for (const [group, rules] of this.#groups()) {
      parts.push(make("h3", {}, group));
      for (const marks of rules.values()) parts.push(this.#rule(marks));
    }
    if (!parts.length) parts.push(make("p", { class: "ed-none" }, "Nothing is marked."));
    this.list.replaceChildren(...parts);
    const listed = this.#listed();
    const same = listed.findIndex((mark) => mark.key === this.#chosen.key);
    this.#remember(same >= 0 ? same : Math.min(this.#chosen.at, Math.max(0, listed.length - 1)));
    if (hadFocus) (listed[this.#chosen.at]?.button ?? this.view.dom).focus();
  }

  /** Keys reach the mark at this place of the list from now on, also when the list is made anew. */
  #remember(at) {
    if (at < 0) return;
    const listed = this.#listed();
    listed.forEach((mark, other) => (mark.button.tabIndex = other === at ? 0 : -1));
    this.#chosen = { at, key: listed[at]?.key ?? null };
  }

  #listed() {
    const all = [...this.#groups().values()].flatMap((rules) => [...rules.values()].flat());
    return all.filter((mark) => mark.button);
  }

  #rule(marks) {
    const [{ name, why, rule }] = marks;
    const more = marks.length - LISTED;
    const can = marks.filter((mark) => mark.instead.length).length;
    return make("div", { class: "ed-rule" },
      make("h4", {}, `${name ?? rule} `, make("span", { class: "n" }, String(marks.length))),
      why ? make("p", { class: "ed-why" }, why) : null,
      make("ul", {}, ...marks.slice(0, LISTED).map((mark) => this.#row(mark))),
      more > 0 ? make("p", { class: "ed-why" }, `and ${several(more, "more place")}`) : null,
      make("p", { class: "ed-acts" },
        can > 1 ? button(`Accept all ${can}`, () => this.accept(marks)) : null,
        button("Silence this rule", () => this.silence(rule), { class: "ed-quiet" })));
  }

  #row(mark) {
    const [first, ...others] = mark.instead;
    mark.button = make("button",
      { type: "button", class: "ed-mark", click: () => this.#goTo(mark), tabindex: "-1" },
      `${mark.before}`, first === undefined ? make("mark", {}, mark.words) : make("del", {}, mark.words),
      first === undefined ? null : make("ins", {}, first), `${mark.after}`);
    const offer = (text) => button(text === "" ? "leave it out" : text, () => this.accept([mark], text),
      { "aria-label": `Replace “${mark.words}” with “${text}”`, tabindex: "-1" });
    return make("li", {}, mark.button, make("span", { class: "ed-acts" },
      first === undefined ? null : button("Accept", () => this.accept([mark]), { tabindex: "-1" }),
      ...others.map(offer), button("Dismiss", () => this.dismiss(mark), { tabindex: "-1" })));
  }

  #goTo(mark) {
    const { tr, doc } = this.view.state;
    if (mark.to > doc.content.size) return;
    this.view.dispatch(tr.setSelection(TextSelection.create(doc, mark.from, mark.to)).scrollIntoView());
    this.view.focus();
  }

  #key(event) {
    const listed = this.#listed();
    const at = listed.findIndex((mark) => mark.button === document.activeElement);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const mark = listed[at];
    const acts = {
      Enter: () => this.accept([mark]),
      a: () => this.accept(this.#marks.filter((other) => other.rule === mark.rule)),
      d: () => this.dismiss(mark),
      s: () => this.silence(mark.rule),
      ArrowDown: () => this.#choose(listed, at + 1),
      ArrowUp: () => this.#choose(listed, at - 1),
      Home: () => this.#choose(listed, 0),
      End: () => this.#choose(listed, listed.length - 1),
      Escape: () => this.view.focus(),
    };
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #choose(listed, at) {
    listed[at]?.button.focus();
  }

  // ---- what is done with marks --------------------------------------------------------------------

  /** Puts in what the marks propose; `text` instead of the first proposal. */
  accept(marks, text) {
    // The text may have changed since the marks were listed: they are looked up where they are now.
    const keys = new Set(marks.map((mark) => mark.key));
    this.#gather();
    let end = -1;
    const can = this.#marks.filter((mark) => {
      const good = keys.has(mark.key) && mark.instead.length > 0 && mark.from >= end;
      if (good) end = mark.to;
      return good;
    });
    if (!can.length) return this.say("nothing is proposed here");
    const tr = this.view.state.tr;
    for (const mark of can.sort((one, other) => other.from - one.from)) {
      replaceAll(tr, [mark], text ?? mark.instead[0]);
    }
    const kept = this.#marks.filter((mark) => !can.includes(mark));
    this.view.dispatch(tr);
    this.#carry(kept, tr.mapping);
    this.say(`accepted ${several(can.length, "proposal")}`);
    this.#gone();
    return this.#ask(false);
  }

  /** What was marked beside what was accepted stays listed, where it is now, until it is read again. */
  #carry(marks, mapping) {
    for (const { node, pos } of linesOf(this.view.state.doc)) {
      if (this.#read.has(node)) continue;
      this.#carried.set(node, marks.flatMap((mark) => {
        const from = mapping.map(mark.from, 1);
        const to = mapping.map(mark.to, -1);
        const inside = from < to && pos < from && to <= pos + node.nodeSize;
        return inside ? [{ ...mark, from: offsetOf(node, pos, from), to: offsetOf(node, pos, to) }] : [];
      }));
    }
  }

  dismiss(mark) {
    this.dismissed.add(mark.id);
    this.#gone();
  }

  /** The chosen mark is gone: keys reach the one that takes its place in the list. */
  #gone() {
    this.#chosen.key = null;
    this.#gather();
  }

  async silence(rule) {
    this.#silenced.add(rule);
    this.#gone();
    try {
      const { status } = await post(`${this.address}/silence`, { rule });
      if (status !== 200) throw new Away(`status ${status}`);
      this.say("the rule is silent from now on");
    } catch (error) {
      if (!(error instanceof Away)) throw error;
      this.say("silent on this page; the server was not reached, so it will speak again");
    }
  }

  /** To the next mark behind the cursor, or with -1 the one before it. */
  step(by) {
    if (!this.isOn) this.toggle(true);
    const { from } = this.view.state.selection;
    const ordered = [...this.#marks].sort((a, b) => a.from - b.from);
    const behind = by > 0 ? ordered.find((mark) => mark.from > from) ?? ordered[0]
      : ordered.findLast((mark) => mark.from < from) ?? ordered.at(-1);
    if (behind) this.#goTo(behind);
    return true;
  }

  /** Accepts the mark that the cursor stands in. */
  acceptHere() {
    const { from, to } = this.view.state.selection;
    const mark = this.#marks.find((one) => one.from <= from && to <= one.to);
    if (!mark) return false;
    this.accept([mark]);
    return true;
  }
}
