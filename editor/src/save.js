// Never lost: when a text is kept in this browser, when it is sent, and what the answer means.
//
// Owns the clock of autosaving (within 2 s of a pause, at most 10 s while somebody types), the head
// that a save builds on, and the state that is shown. One save is under way at a time. It does not
// know what the fields are.

import { forget, keep } from "./kept.js";
import { Away, post } from "./server.js";

const PAUSE = 1200;
const LONGEST = 9000;
/** Writing all fields to localStorage is not done for every key that is hit. */
const KEEP = 150;
const RETRY = [3000, 6000, 12000, 30000];

export class Saver {
  #changes = 0;
  #saved = 0;
  #kept = 0;
  #since = 0;
  #timers = {};
  #failures = 0;
  #running = null;

  /**
   * `collect` gives the fields as they are, `ready` makes of them what is sent, `show(state, text)`
   * tells the writer; `conflict`, `faults` and `saved` are given the server's answers.
   */
  constructor(options) {
    Object.assign(this, options);
    this.paused = false;
    addEventListener("beforeunload", (event) => {
      this.keepNow();
      if (this.#changes > this.#saved && this.#changes > this.#kept) event.preventDefault();
    });
    addEventListener("online", () => this.isDirty && this.flush());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "hidden" || !this.isDirty) return;
      this.keepNow();
      this.flush();
    });
  }

  get isDirty() {
    return this.#changes > this.#saved;
  }

  /** Something was changed. */
  touch() {
    this.#changes += 1;
    const now = Date.now();
    this.#since ||= now;
    this.#timers.keep ??= setTimeout(() => this.keepNow(), KEEP);
    if (this.paused) return;
    this.show("dirty");
    const wait = Math.min(PAUSE, Math.max(0, this.#since + LONGEST - now));
    // While the server is away, a pause in typing does not knock at its door again.
    if (!this.#failures) this.#later(wait);
  }

  /** What is shown is what the server has, as far as this page knows. */
  settle(head) {
    this.head = head;
    this.#clean(this.#changes);
  }

  keepNow() {
    clearTimeout(this.#timers.keep);
    this.#timers.keep = undefined;
    if (this.#kept === this.#changes || !this.isDirty) return true;
    const entry = { head: this.head, at: Date.now(), fields: this.collect() };
    const done = keep(this.url, this.sitting, entry);
    if (done) this.#kept = this.#changes;
    else this.show("unkept", "this browser keeps nothing");
    return done;
  }

  /** Saves what is unsaved, now; true if the server has everything. */
  async flush() {
    clearTimeout(this.#timers.save);
    if (this.#running) {
      await this.#running;
      return this.isDirty && !this.#failures && !this.paused ? this.flush() : !this.isDirty;
    }
    if (!this.isDirty) return true;
    if (this.paused) return false;
    this.#running = this.#send().finally(() => (this.#running = null));
    await this.#running;
    return !this.isDirty;
  }

  #later(wait) {
    clearTimeout(this.#timers.save);
    this.#timers.save = setTimeout(() => this.flush(), wait);
  }

  async #send() {
    const version = this.#changes;
    this.#since = 0;
    const slow = setTimeout(() => this.show("saving", "saving…"), 400);
    try {
      const fields = await this.ready(this.collect());
      const body = { head: this.head, sitting: this.sitting, fields };
      const { status, answer } = await post(this.url, body);
      clearTimeout(slow);
      this.#failures = 0;
      await this.#understand(status, answer, version);
    } catch (error) {
      clearTimeout(slow);
      if (!(error instanceof Away)) throw error;
      this.#away();
    }
  }

  async #understand(status, answer, version) {
    if (status === 200 && answer.head) {
      this.head = answer.head;
      this.#clean(version);
      this.saved(answer);
      this.show(this.isDirty ? "dirty" : "saved", `saved ${answer.saved_at ?? ""}`.trim());
      if (this.isDirty) this.#later(PAUSE);
    } else if (status === 409 && answer.head) {
      this.paused = true;
      this.keepNow();
      this.show("conflict", "somebody else changed this too");
      this.conflict(answer);
    } else if (status === 422) {
      this.keepNow();
      this.show("fault", "not saved: see the marked fields");
      this.faults(answer.faults ?? {});
    } else if (status === 403) {
      this.#signedOut();
    } else {
      throw new Away("an answer that was not agreed on");
    }
  }

  /** The conflict was decided: saves go on from the head that the server named. */
  resume(head) {
    this.head = head;
    this.paused = false;
    if (this.isDirty) this.flush();
  }

  #clean(version) {
    this.#saved = version;
    if (this.isDirty) return;
    this.#since = 0;
    clearTimeout(this.#timers.keep);
    this.#timers.keep = undefined;
    forget(this.url, this.sitting);
  }

  #signedOut() {
    this.#retry();
    this.show("away", this.keepNow()
      ? "signed out: kept in this browser; sign in in another tab and it is saved"
      : "signed out, and this browser keeps nothing: copy your text");
  }

  #away() {
    this.#retry();
    this.show("away", this.keepNow()
      ? "not reached: kept in this browser"
      : "not reached, and this browser keeps nothing: copy your text");
  }

  #retry() {
    const wait = RETRY[Math.min(this.#failures, RETRY.length - 1)];
    this.#failures += 1;
    this.#later(wait);
  }
}
