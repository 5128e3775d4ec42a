// The editor of one form: its fields, one toolbar, one state line, one way to save.
//
// Owns how the parts are put together; each part stands in a file of its own. The page's side of it
// is described in README.md beside this folder.

import * as check from "./checks.js";
import { between, insertImage, linkAt, setLink } from "./commands.js";
import { RichField } from "./field.js";
import { FindPanel } from "./find.js";
import { forget, keptFor } from "./kept.js";
import { compare, differing } from "./merge.js";
import { addNote, openNote } from "./note.js";
import { askFor, button, make, several } from "./page.js";
import { ProofPanel } from "./proof.js";
import { Saver } from "./save.js";
import { print } from "./print.js";
import { Away, convert, post } from "./server.js";
import { Toolbar } from "./toolbar.js";

/** How long somebody who leaves the page waits for a save, in ms. */
const PATIENCE = 3000;

const plainKinds = "input[type=text], input:not([type]), textarea:not([data-rich])";

export class Editor {
  constructor(form) {
    this.form = form;
    const { save, convert: address, proof, head, sitting, lang } = form.dataset;
    Object.assign(this, { address, lang, url: save });
    this.fields = new Map();
    this.plain = new Map();
    this.workRest = null;
    this.#makeBar();
    this.#makeFields();
    this.saver = new Saver({
      url: save, head, sitting: sitting || String(Math.random()).slice(2),
      collect: () => this.#collect(), ready: (fields) => this.#ready(fields),
      show: (state, text) => this.#state(state, text), conflict: (answer) => this.#conflict(answer),
      faults: (faults) => this.#faults(faults), saved: (answer) => this.#saved(answer),
    });
    this.#makeProof(proof, save);
    if (!form.dataset.split) this.tools.hide("chapter");
    form.addEventListener("submit", (event) => this.#submit(event));
    form.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("click", (event) => this.#leave(event));
    this.#recover();
    this.#count();
    this.tools.update();
  }

  // ---- the parts ----------------------------------------------------------------------------------

  #makeBar() {
    const acts = {
      link: () => this.#link(), image: () => this.#image(), note: () => addNote(this.active.view),
      find: () => this.find.open(this.active.view), proof: () => this.#toggleProof(),
      focus: () => this.#focusMode(), split: () => this.#split(), show: (kind) => this.#show(kind),
    };
    this.tools = new Toolbar({ acts, view: () => this.#richView(), kinds: () => this.active?.source.kind ?? "rich" });
    this.find = new FindPanel((text) => this.#say(text));
    this.stateLine = make("p", { class: "ed-state", "aria-live": "polite", "data-state": "clean" });
    this.decide = button("Compare and choose", () => this.#decide?.(), { hidden: true, class: "ed-decide" });
    this.said = make("p", { class: "ed-said", "aria-live": "polite" });
    this.counts = make("p", { class: "ed-counts" });
    const line = make("div", { class: "ed-line" }, this.stateLine, this.decide, this.counts, this.said);
    this.bar = make("div", { class: "ed-bar" }, this.tools.element, this.find.element, line);
    this.form.prepend(this.bar);
    this.form.classList.add("ed-on");
  }

  #makeFields() {
    const names = (this.form.dataset.names ?? "").split(" ").filter(Boolean);
    const hooks = {
      names, address: this.address, lang: this.lang, say: (text) => this.#say(text), keys: this.#keys(),
      changed: (field) => this.#changed(field),
      focused: (field) => {
        this.active = field;
        this.tools.update();
      },
      updated: (field) => {
        if (field === this.active) this.tools.update();
      },
    };
    for (const textarea of this.form.querySelectorAll("textarea[data-rich]")) {
      const template = this.form.querySelector(`template[data-html-of="${CSS.escape(textarea.name)}"]`);
      const field = new RichField(textarea, template?.innerHTML ?? "", hooks);
      this.fields.set(field.name, field);
      template?.remove();
    }
    for (const input of this.form.querySelectorAll(plainKinds)) {
      if (!input.name || input.disabled || this.bar.contains(input)) continue;
      this.plain.set(input.name, input);
      input.addEventListener("input", () => this.#changed(null));
    }
    this.active = this.fields.get("text") ?? this.fields.values().next().value;
  }

  #makeProof(address, save) {
    const text = this.#text();
    if (!address || !text) return this.tools.hide("proof");
    this.proof = new ProofPanel({ view: text.view, address, lang: this.lang, save,
      say: (words) => this.#say(words) });
    this.form.append(this.proof.element);
  }

  #keys() {
    const act = (run) => () => {
      run();
      return true;
    };
    return {
      "Mod-k": act(() => this.#link()),
      "Mod-f": act(() => this.find.open(this.active.view)),
      "Mod-h": act(() => this.find.open(this.active.view)),
      "Alt-F10": act(() => this.tools.focus()),
      F8: act(() => this.#proofStep(1)),
      "Shift-F8": act(() => this.#proofStep(-1)),
      "Alt-Enter": () => this.proof?.acceptHere() ?? false,
      Enter: openNote,
      Escape: () => {
        if (!this.#isFocused()) return false;
        this.#focusMode(false);
        return true;
      },
    };
  }

  #key(event) {
    const mod = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (mod && !event.shiftKey && !event.altKey && key === "s") {
      event.preventDefault();
      this.saver.flush();
    } else if (mod && event.shiftKey && key === "f") {
      event.preventDefault();
      this.#focusMode();
    } else if (key === "escape" && !event.defaultPrevented && this.#isFocused()) {
      this.#focusMode(false);
    }
  }

  #richView() {
    return this.active && this.active.source.kind === "rich" ? this.active.view : null;
  }

  // ---- what is shown ------------------------------------------------------------------------------

  #state(state, text) {
    this.stateLine.dataset.state = state;
    if (text !== undefined && this.stateLine.textContent !== text) this.stateLine.textContent = text;
    if (state === "saved") this.decide.hidden = true;
  }

  #say(text) {
    this.said.textContent = text;
  }

  #changed(field) {
    this.saver?.touch();
    if (field?.kind === "text") {
      this.#countSoon();
      this.proof?.changed();
    }
    if (field) this.find.update(field.view);
  }

  #countSoon() {
    this.counting ??= requestAnimationFrame(() => {
      this.counting = undefined;
      this.#count();
    });
  }

  #count() {
    const texts = [...this.fields.values()].filter((field) => field.kind === "text");
    if (!texts.length) return;
    const chapter = texts.reduce((sum, field) => sum + field.words, 0);
    const first = texts.reduce((sum, field) => sum + field.wordsAtFirst, 0);
    const given = Number(this.form.dataset.workWords);
    if (this.workRest === null && given) this.workRest = Math.max(0, given - first);
    const sitting = chapter - first;
    const parts = [`${several(chapter, "word")} in this chapter`,
      this.workRest === null ? null : `${(chapter + this.workRest).toLocaleString("en")} in the work`,
      `${sitting < 0 ? "−" : "+"}${Math.abs(sitting).toLocaleString("en")} this sitting`];
    this.counts.textContent = parts.filter(Boolean).join(" · ");
  }

  #isFocused() {
    return document.documentElement.classList.contains("ed-focus");
  }

  #focusMode(on = !this.#isFocused()) {
    document.documentElement.classList.toggle("ed-focus", on);
    this.tools.press("focus", on);
    const text = this.fields.get("text") ?? this.active;
    if (on) text.box.classList.add("ed-alone");
    else text.box.classList.remove("ed-alone");
    text.focus();
    this.#say(on ? "nothing but the text; Escape brings the page back" : "");
  }

  #toggleProof() {
    if (!this.proof) return;
    this.proof.toggle();
    this.form.classList.toggle("ed-with-panel", this.proof.isOn);
    this.tools.press("proof", this.proof.isOn);
  }

  /** What stands behind the cursor becomes a chapter of its own, once everything is saved. */
  async #split() {
    const text = this.#text();
    if (!text || text.source.kind !== "rich") return this.#say("show the text as rich text first");
    if (!(await this.saver.flush())) return this.#say("it cannot be split before it is saved");
    const { doc, selection } = text.view.state;
    const at = between(doc, selection.head);
    const halves = { first: print(doc.cut(0, at)), second: print(doc.cut(at)) };
    try {
      const { status, answer } = await post(this.form.dataset.split, { head: this.saver.head, ...halves });
      if (status === 200 && answer.to?.startsWith("/")) return location.assign(answer.to);
      return this.#say(answer.why ?? "it could not be split");
    } catch (error) {
      if (!(error instanceof Away)) throw error;
      return this.#say("the server is not reached; nothing was split");
    }
  }

  #text() {
    return [...this.fields.values()].find((field) => field.kind === "text");
  }

  #proofStep(by) {
    if (!this.proof) return;
    if (!this.proof.isOn) this.#toggleProof();
    this.proof.step(by);
  }

  async #show(kind) {
    const field = this.active;
    try {
      const warnings = await field.show(kind);
      this.#say(warnings.slice(0, 3).join("; "));
    } catch (error) {
      if (!(error instanceof Away)) throw error;
      this.#say("the server is not reached: the text can only be shown as it is now");
    }
    this.tools.update();
  }

  // ---- links and pictures -------------------------------------------------------------------------

  async #link() {
    const view = this.#richView();
    if (!view) return;
    const old = linkAt(view.state)?.attrs.href ?? "";
    const address = (text) => {
      const value = check.href(/^[a-z]+:|^#/i.test(text.trim()) ? text : `https://${text.trim()}`);
      return value ? { value }
        : { error: "That is no address. Links begin with https://, http://, ftp:// or mailto:." };
    };
    const remove = old ? [["Remove the link", { href: null }]] : [];
    const answer = await askFor("Link", [["href", "Address", old, address]], remove);
    if (answer) setLink(answer.href)(view.state, view.dispatch);
    view.focus();
  }

  async #image() {
    const view = this.#richView();
    if (!view) return;
    const address = (text) => {
      const value = check.source(text.trim());
      return value ? { value } : { error: "That is no picture’s address. It begins with https://." };
    };
    const words = (text) => ({ value: check.line(text) ?? "" });
    const answer = await askFor("Picture by its address", [["src", "Address", "", address],
      ["alt", "What it shows, for those who cannot see it", "", words]]);
    if (answer) insertImage(answer.src, answer.alt)(view.state, view.dispatch);
    view.focus();
  }

  // ---- saving -------------------------------------------------------------------------------------

  #collect() {
    const fields = {};
    for (const [name, field] of this.fields) fields[name] = field.value();
    for (const [name, input] of this.plain) fields[name] = { plain: input.value };
    return fields;
  }

  /** What is sent is HTML: Markdown is read by the server first. */
  async #ready(fields) {
    const ready = {};
    for (const [name, value] of Object.entries(fields)) {
      ready[name] = typeof value.markdown === "string"
        ? { html: (await convert(this.address, "markdown", "html", value.markdown)).text } : value;
    }
    return ready;
  }

  #saved(answer) {
    const chapter = answer.words?.chapter;
    const work = answer.words?.work;
    if (Number.isFinite(chapter) && Number.isFinite(work)) {
      this.workRest = Math.max(0, work - chapter);
      this.#count();
    }
    const head = this.form.elements.namedItem("head");
    if (head instanceof HTMLInputElement) head.value = answer.head;
    this.#faults({});
  }

  /** Puts each fault beside its field; those that were mended go. */
  #faults(faults) {
    for (const old of this.form.querySelectorAll(".ed-fault[data-for]")) {
      this.plain.get(old.dataset.for)?.removeAttribute("aria-invalid");
      old.remove();
    }
    const names = Object.keys(faults);
    for (const name of names) {
      const place = this.plain.get(name) ?? this.fields.get(name)?.box ?? this.bar;
      const fault = make("p", { class: "ed-fault fault", "data-for": name, role: "alert" }, String(faults[name]));
      place.after(fault);
      this.plain.get(name)?.setAttribute("aria-invalid", "true");
    }
  }

  /** A button of the form: saves; those that lead on are followed once everything is saved. */
  async #submit(event) {
    if (this.isSent) return;
    const submitter = event.submitter;
    event.preventDefault();
    const done = await this.saver.flush();
    const leads = submitter?.hasAttribute("formaction") || submitter?.hasAttribute("data-leads");
    if (!done || !leads) return;
    this.isSent = true;
    this.form.requestSubmit(submitter);
    this.isSent = false;
  }

  /** A link to another page is followed once everything is saved, or soon: then it is kept here. */
  async #leave(event) {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!link || event.defaultPrevented || !this.saver.isDirty) return;
    const { origin, pathname } = location;
    const staysHere = link.isContentEditable || link.target || link.hasAttribute("download")
      || (link.hash && link.origin === origin && link.pathname === pathname);
    if (staysHere || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    await Promise.race([this.saver.flush(), new Promise((done) => setTimeout(done, PATIENCE))]);
    location.assign(link.href);
  }

  // ---- two versions -------------------------------------------------------------------------------

  #decide = null;

  #title = (name) => this.fields.get(name)?.label.text
    ?? this.plain.get(name)?.labels?.[0]?.textContent.trim() ?? name;

  /** Puts other fields in place of those shown; undo brings these back. */
  #load(fields) {
    for (const [name, value] of Object.entries(fields)) {
      const field = this.fields.get(name);
      const input = this.plain.get(name);
      if (field && typeof value?.markdown === "string") this.#loadMarkdown(field, value.markdown);
      else if (field && typeof value?.html === "string") {
        if (field.html() !== value.html || field.source.kind !== "rich") field.replace(value.html);
      } else if (input && typeof value?.plain === "string") input.value = value.plain;
    }
  }

  async #loadMarkdown(field, text) {
    try {
      field.replace((await convert(this.address, "markdown", "html", text)).text);
    } catch (error) {
      if (!(error instanceof Away)) throw error;
      field.view.dom.hidden = true;
      field.source.restore("markdown", text);
    }
  }

  async #inHtml(fields) {
    try {
      return await this.#ready(fields);
    } catch (error) {
      if (error instanceof Away) return null;
      throw error;
    }
  }

  /** Somebody else saved meanwhile. Saving waits until the writer has decided; keeping goes on. */
  #conflict(answer) {
    const labels = { mine: "Mine", theirs: "Theirs", keepMine: "Keep mine", takeTheirs: "Take theirs" };
    this.#decide = async () => {
      const mine = await this.#inHtml(this.#collect());
      const theirs = answer.theirs ?? {};
      if (!mine) return this.#say("the server is not reached");
      const choice = differing(mine, theirs).length === 0 ? "theirs" : await compare({
        title: "Somebody else changed this, too", labels, mine, theirs, titles: this.#title, link: answer.compare,
        intro: "It was saved from another tab, device or hand after you began. What differs is marked. " +
          "Both versions stay in the list of revisions, whatever you choose.",
      });
      if (choice === null) {
        this.decide.hidden = false;
        return this.decide.focus();
      }
      this.#decide = null;
      this.decide.hidden = true;
      if (choice === "theirs") {
        this.#load(theirs);
        this.saver.settle(answer.head);
        this.#state("saved", "theirs was taken; undo brings yours back");
      } else if (choice !== "mine") {
        this.#load(choice);
      }
      return this.saver.resume(answer.head);
    };
    this.#decide();
  }

  /** What an earlier sitting left in this browser and never got to the server. */
  async #recover() {
    const shown = this.#collect();
    for (const entry of keptFor(this.url)) {
      const kept = await this.#inHtml(entry.fields);
      if (!kept) continue;
      if (differing(kept, shown).length === 0) {
        forget(this.url, entry.sitting);
        continue;
      }
      const at = new Date(entry.at);
      const when = `${at.toLocaleDateString()} ${at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`;
      const choice = await compare({
        title: "This browser kept a text that was not saved", mine: kept, theirs: shown, titles: this.#title,
        labels: { mine: `Kept here, ${when}`, theirs: "On the server",
          keepMine: "Use what was kept", takeTheirs: "Use the server’s" },
        intro: entry.head === this.saver.head
          ? "It was typed here and did not reach the server. What differs is marked."
          : "It was typed here and did not reach the server, and the server’s text has changed since.",
      });
      if (choice === null) continue;
      if (choice !== "theirs") {
        this.#load(choice === "mine" ? kept : choice);
        this.saver.touch();
        this.saver.keepNow();
      }
      forget(this.url, entry.sitting);
      break;
    }
  }
}
