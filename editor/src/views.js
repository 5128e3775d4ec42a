// The same text as Markdown or as HTML.
//
// Owns the box of source text that stands in the place of the rich view, and the way there and back:
// both go through the server's own readers and writers. A source that was not changed changes
// nothing, however much of the text its language cannot say.

import { make } from "./page.js";
import { convert } from "./server.js";

export const VIEWS = [["rich", "Rich text"], ["markdown", "Markdown"], ["html", "HTML"]];

export class SourceView {
  #original = "";

  constructor({ address, label, lang, changed, focused }) {
    this.address = address;
    this.kind = "rich";
    this.box = make("textarea", { class: "ed-source", "aria-label": label, spellcheck: "false", hidden: true,
      rows: "16", lang, input: () => { this.#grow(); changed(); }, focus: focused });
  }

  get isChanged() {
    return this.kind !== "rich" && this.box.value !== this.#original;
  }

  /** Shows HTML as source of another kind; gives the server's warnings, or throws Away (server.js). */
  async open(kind, html) {
    const { text, warnings } = kind === "html" ? { text: parted(html), warnings: [] }
      : await convert(this.address, "html", kind, html);
    this.#original = text;
    this.box.value = text;
    this.kind = kind;
    this.box.hidden = false;
    this.#grow();
    return warnings;
  }

  /** The source as HTML and warnings; null if nothing was changed. Throws Away. */
  async close() {
    const answer = this.isChanged ? await this.read() : null;
    this.discard();
    return answer;
  }

  /** The text was replaced: the source is of no more use. */
  discard() {
    this.kind = "rich";
    this.box.hidden = true;
  }

  read() {
    return convert(this.address, this.kind, "html", this.box.value);
  }

  /** What was saved or kept as source comes back as source. */
  restore(kind, text) {
    Object.assign(this, { kind });
    this.#original = null;
    this.box.value = text;
    this.box.hidden = false;
    this.#grow();
  }

  #grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight + 4, innerHeight * 0.8)}px`;
  }
}

/** A line for each block, so that HTML can be read; spaces between blocks mean nothing. */
const parted = (html) =>
  html.includes("<pre") ? html
    : html.replace(/(<\/(?:p|h[1-6]|blockquote|ul|ol|li|dl|table|figure|div|section|aside)>|<hr[^>]*>)(?=<)/g, "$1\n");
