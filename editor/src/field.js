// One rich text of the form: the editor in place of its textarea.
//
// Owns the editor's view with its plugins, and what the text is worth: as HTML, in words. The
// textarea stays in the page, hidden and unsent.

import { dropCursor } from "prosemirror-dropcursor";
import { gapCursor } from "prosemirror-gapcursor";
import { closeHistory, history } from "prosemirror-history";
import { EditorState, Plugin, Selection } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { cast } from "./cast.js";
import { rules, textKeys } from "./commands.js";
import { finding } from "./find.js";
import { noteView } from "./note.js";
import { make, newId } from "./page.js";
import { documentFrom } from "./parse.js";
import { pastes } from "./paste.js";
import { print } from "./print.js";
import { proofing } from "./proof.js";
import { SourceView } from "./views.js";
import { wordsIn } from "./words.js";

/**
 * The browser tells of a new selection a moment after the key that made it. A key that is hit within
 * that moment works on what is seen to be selected, not on the selection before.
 */
function readSelection(view) {
  if (!view.composing) view.domObserver.flush();
}

export class RichField {
  /** `hooks`: changed(field), focused(field), updated(field), say(text), keys, names, address, lang. */
  constructor(textarea, html, hooks) {
    this.name = textarea.name;
    this.kind = textarea.dataset.rich;
    this.hooks = hooks;
    this.label = labelOf(textarea);
    this.box = make("div", { class: `ed-field ed-${this.kind === "text" ? "text" : "note-field"}` });
    textarea.after(this.box);
    textarea.hidden = true;
    textarea.disabled = true;
    const { address, lang, say, keys, names } = hooks;
    this.source = new SourceView({ address, lang, label: this.label.text,
      changed: () => hooks.changed(this), focused: () => hooks.focused(this) });
    const doc = documentFrom(html);
    this.wordsAtFirst = wordsIn(doc);
    this.view = new EditorView(this.box, {
      state: EditorState.create({ doc, plugins: this.#plugins({ address, say, keys, names }) }),
      attributes: this.#attributes(textarea, lang),
      nodeViews: { footnote: noteView },
      handleDOMEvents: {
        focus: () => { hooks.focused(this); return false; },
        keydown: (view) => { readSelection(view); return false; },
      },
      dispatchTransaction: (tr) => this.#apply(tr),
    });
    this.box.append(this.source.box);
    this.label.element?.addEventListener("click", () => this.focus());
  }

  #plugins({ address, say, keys, names }) {
    return [rules(), ...textKeys(keys), dropCursor({ class: "ed-drop", color: false }), gapCursor(),
      history(), finding(), proofing(), cast(names), pastes({ address, say }), placeholder()];
  }

  #attributes(textarea, lang) {
    const list = { class: "story", role: "textbox", "aria-multiline": "true", spellcheck: "true" };
    if (lang) list.lang = lang;
    if (textarea.dir) list.dir = textarea.dir;
    if (this.label.element) list["aria-labelledby"] = this.label.element.id;
    else list["aria-label"] = this.label.text;
    const described = textarea.getAttribute("aria-describedby");
    if (described) list["aria-describedby"] = described;
    return list;
  }

  #apply(tr) {
    this.view.updateState(this.view.state.apply(tr));
    if (tr.docChanged) this.hooks.changed(this);
    this.hooks.updated(this);
  }

  get words() {
    return wordsIn(this.view.state.doc);
  }

  /** What is kept and sent: HTML, or the source where it stands in another form and was changed. */
  value() {
    const { kind, isChanged, box } = this.source;
    return kind !== "rich" && isChanged ? { [kind]: box.value } : { html: print(this.view.state.doc) };
  }

  html() {
    return print(this.view.state.doc);
  }

  /** Puts another text in place of this one; undo brings this one back. */
  replace(html) {
    const doc = documentFrom(html);
    const { state } = this.view;
    const tr = closeHistory(state.tr).replaceWith(0, state.doc.content.size, doc.content);
    this.view.dispatch(tr.setSelection(Selection.atStart(tr.doc)));
    this.source.discard();
    this.#showRich(true);
  }

  /** Shows the text as rich text, Markdown or HTML; gives warnings, or throws Away. */
  async show(kind) {
    if (kind === this.source.kind) return [];
    let warnings = [];
    if (this.source.kind !== "rich") {
      const read = await this.source.close();
      if (read) {
        this.replace(read.text);
        warnings = read.warnings;
      }
      this.#showRich(true);
    }
    if (kind !== "rich") {
      warnings = [...warnings, ...(await this.source.open(kind, this.html()))];
      this.#showRich(false);
    }
    this.focus();
    return warnings;
  }

  #showRich(on) {
    this.view.dom.hidden = !on;
    this.source.box.hidden = on;
  }

  focus() {
    if (this.source.kind === "rich") this.view.focus();
    else this.source.box.focus();
  }
}

function labelOf(textarea) {
  const element = textarea.labels?.[0] ?? null;
  if (element) element.id ||= newId("label");
  // What the plain form says of its language is not true of the editor.
  for (const hint of element?.querySelectorAll("span") ?? []) {
    if (hint.textContent.trim() === "Markdown") hint.remove();
  }
  const words = textarea.name.replaceAll("_", " ");
  return { element, text: element?.textContent.trim() || textarea.getAttribute("aria-label") || words };
}

/** Says in CSS, where nothing is written yet, that something can be. */
const placeholder = () =>
  new Plugin({
    props: {
      attributes: ({ doc }) => {
        const empty = doc.childCount === 1 && doc.firstChild.isTextblock && doc.firstChild.content.size === 0;
        return empty ? { "data-empty": "" } : {};
      },
    },
  });
