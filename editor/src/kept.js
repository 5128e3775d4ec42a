// What this browser keeps of a text that is not on the server yet.
//
// Owns the entries of localStorage: one for each save address and sitting, so that two tabs never
// write over each other. Storage may be full, forbidden or filled by somebody else: nothing here
// throws, and what is read is checked.

const PREFIX = "fanfold-kept:";

const keyOf = (save, sitting) => `${PREFIX}${save}:${sitting}`;

/** Keeps fields; false if the browser refuses. */
export function keep(save, sitting, entry) {
  try {
    localStorage.setItem(keyOf(save, sitting), JSON.stringify(entry));
    return true;
  } catch {
    return false;
  }
}

export function forget(save, sitting) {
  try {
    localStorage.removeItem(keyOf(save, sitting));
  } catch {
    // Nothing could be kept either.
  }
}

/** Everything kept for an address, newest first: { sitting, head, at, fields }. */
export function keptFor(save) {
  const found = [];
  try {
    for (let at = 0; at < localStorage.length; at++) {
      const key = localStorage.key(at);
      if (!key.startsWith(`${PREFIX}${save}:`)) continue;
      const entry = read(localStorage.getItem(key));
      if (entry) found.push({ ...entry, sitting: key.slice(keyOf(save, "").length) });
    }
  } catch {
    return [];
  }
  return found.sort((a, b) => b.at - a.at);
}

function read(text) {
  try {
    const entry = JSON.parse(text);
    const good = typeof entry?.at === "number" && entry.fields && typeof entry.fields === "object";
    return good ? entry : null;
  } catch {
    return null;
  }
}

/** A small list of words, such as what was dismissed; the oldest go when it is full. */
export class KeptSet {
  #key;
  #words;
  constructor(name, most = 500) {
    this.#key = `fanfold-${name}`;
    this.most = most;
    try {
      const list = JSON.parse(localStorage.getItem(this.#key) ?? "[]");
      this.#words = new Set(Array.isArray(list) ? list.filter((w) => typeof w === "string") : []);
    } catch {
      this.#words = new Set();
    }
  }
  has(word) {
    return this.#words.has(word);
  }
  add(word) {
    this.#words.add(word);
    if (this.#words.size > this.most) this.#words.delete(this.#words.values().next().value);
    try {
      localStorage.setItem(this.#key, JSON.stringify([...this.#words]));
    } catch {
      // Remembered for this page at least.
    }
  }
}
