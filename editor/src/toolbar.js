// The row of buttons above the texts.
//
// Owns which buttons there are, how they are reached by keyboard (one stop for Tab, arrows within),
// and what they show of the place where the cursor is. What they do stands in commands.js, or comes
// from the editor as an act.

import { redo, redoDepth, undo, undoDepth } from "prosemirror-history";
import { alignAt, hasLook, isIn, kindAt, linkAt, sceneBreak, setAlign, setKind, toggleList, toggleLook,
  toggleQuote } from "./commands.js";
import { icon, keyName, make } from "./page.js";
import { schema } from "./schema.js";
import { VIEWS } from "./views.js";

const { nodes } = schema;

const KINDS = [["0", "Paragraph"], ...[1, 2, 3, 4, 5, 6].map((n) => [String(n), `Heading ${n}`]),
  ["pre", "Preformatted"]];
const ALIGNS = [["", "As usual"], ["left", "Left"], ["center", "Centred"], ["right", "Right"],
  ["justify", "Justified"]];

const look = (name, label, key) =>
  ({ name, label, key, run: toggleLook(name), on: (state) => hasLook(state, name) });

/** Buttons in groups: a command of the text (`run`) or an act of the editor (`act`). */
const BUTTONS = [
  [look("bold", "Bold", "Mod-B"), look("italic", "Italic", "Mod-I"),
    look("underline", "Underline", "Mod-U"), look("strike", "Strike through", "Mod-Shift-X"),
    look("superscript", "Superscript", "Mod-."), look("subscript", "Subscript", "Mod-,")],
  [{ name: "quote", label: "Quotation", key: "Mod-Shift-9", run: toggleQuote, on: (s) => isIn(s, nodes.quote) },
    { name: "bullets", label: "Bulleted list", key: "Mod-Shift-8", run: toggleList(nodes.bullet_list),
      on: (s) => isIn(s, nodes.bullet_list) },
    { name: "numbers", label: "Numbered list", key: "Mod-Shift-7", run: toggleList(nodes.ordered_list),
      on: (s) => isIn(s, nodes.ordered_list) },
    { name: "scene", label: "Scene break", key: "Mod-Enter", run: sceneBreak },
    { name: "chapter", label: "Begin a new chapter here", act: "split" }],
  [{ name: "link", label: "Link", key: "Mod-K", act: "link", on: (s) => !!linkAt(s) },
    { name: "image", label: "Picture by its address", act: "image" },
    { name: "note", label: "Note at the foot", act: "note" }],
  [{ name: "undo", label: "Undo", key: "Mod-Z", run: undo, can: (s) => undoDepth(s) > 0 },
    { name: "redo", label: "Redo", key: "Mod-Y", run: redo, can: (s) => redoDepth(s) > 0 }],
  [{ name: "find", label: "Find and replace", key: "Mod-F", act: "find" },
    { name: "proof", label: "Proofread", key: "F8", act: "proof", isOn: true },
    { name: "focus", label: "Nothing but the text", key: "Mod-Shift-F", act: "focus", isOn: true }],
];

const keyShortcut = (key) => key?.replace("Mod", "Control").replaceAll("-", "+") ?? null;

export class Toolbar {
  /** `acts` are the editor's own; `view()` is the text that buttons work on, null for a source. */
  constructor({ acts, view, kinds }) {
    Object.assign(this, { acts, view, kinds });
    this.buttons = new Map();
    this.kind = this.#select("Kind of paragraph", KINDS, (value) => this.#run(setKind(value)));
    this.align = this.#select("Alignment", ALIGNS, (value) => this.#run(setAlign(value)));
    this.views = this.#select("Shown as", VIEWS, (value) => acts.show(value));
    const groups = BUTTONS.map((list) =>
      make("div", { class: "ed-group" }, ...list.map((spec) => this.#button(spec))));
    this.element = make("div", { class: "ed-tools", role: "toolbar", "aria-label": "Formatting",
      keydown: (event) => this.#key(event), focusin: (event) => this.#rove(event.target) },
      this.kind, ...groups, this.align, this.views);
    this.#rove(this.kind);
  }

  #select(label, options, change) {
    const select = make("select", { "aria-label": label, title: label },
      ...options.map(([value, text]) => make("option", { value }, text)));
    select.addEventListener("change", () => change(select.value));
    return select;
  }

  #button(spec) {
    const { name, label, key, act, run, on, isOn } = spec;
    const element = make("button", { type: "button", "aria-label": label,
      title: key ? `${label} (${keyName(key)})` : label, "aria-keyshortcuts": keyShortcut(key),
      "aria-pressed": on || isOn ? "false" : null,
      // The text keeps the focus and what is selected in it.
      mousedown: (event) => event.preventDefault(),
      click: () => {
        if (element.getAttribute("aria-disabled") === "true") return;
        if (act) this.acts[act]();
        else this.#run(run);
      } }, icon(name));
    this.buttons.set(name, { element, ...spec });
    return element;
  }

  #run(command) {
    const view = this.view();
    if (!view) return;
    command(view.state, view.dispatch, view);
    view.focus();
  }

  /** Shows what is on where the cursor is. */
  update() {
    const view = this.view();
    const off = !view;
    for (const { element, on, can, run, act } of this.buttons.values()) {
      const needsText = !!run || ["link", "image", "note", "find", "proof", "split"].includes(act);
      const disabled = (off && needsText) || (!off && can && !can(view.state));
      set(element, "aria-disabled", disabled ? "true" : null);
      if (on) set(element, "aria-pressed", String(!off && on(view.state)));
    }
    this.kind.disabled = this.align.disabled = off;
    if (view) {
      this.kind.value = kindAt(view.state);
      this.align.value = alignAt(view.state) ?? "";
    }
    this.views.value = this.kinds();
  }

  press(name, on) {
    set(this.buttons.get(name).element, "aria-pressed", String(on));
  }

  /** There is nothing that this button could do in this form. */
  hide(name) {
    this.buttons.get(name).element.remove();
  }

  focus() {
    this.#stops().find((stop) => stop.tabIndex === 0)?.focus();
  }

  #stops() {
    return [...this.element.querySelectorAll("button, select")].filter((stop) => !stop.disabled);
  }

  #rove(to) {
    for (const stop of this.element.querySelectorAll("button, select")) {
      stop.tabIndex = stop === to ? 0 : -1;
    }
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.view()?.focus();
      return;
    }
    const stops = this.#stops();
    const at = stops.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: stops.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    stops[(to + stops.length) % stops.length].focus();
  }
}

function set(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
