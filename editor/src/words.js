// How many words a text has, by AO3's rule (fanfold-doc, words.rs).
//
// Owns the count of one run of text, and the count of a document, kept beside each block.

const WORD = /[\p{Alphabetic}\p{N}_\u0300-\u036f\u200c\u200d]/u;
const ALONE = new RegExp(
  "[\u0e01-\u0e3a\u0e40-\u0e4e\u3005\u3007\u3021-\u3029\u3041-\u3096\u309d-\u309f\u30a1-\u30fa" +
  "\u30fd-\u30ff\u31f0-\u31ff\uff66-\uff9d\u2e80-\u2fd5\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff" +
  "\u{20000}-\u{323af}]", "u");

/** The words of one run of text: two hyphens are a dash; apostrophes and hyphens join; in Chinese,
 * Japanese and Thai every character counts. */
export function countWords(text) {
  let words = 0;
  let inside = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 128) {
      if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) ||
          (code >= 48 && code <= 57) || code === 95) {
        if (!inside) words += 1;
        inside = true;
      } else if (code === 45 && text.charCodeAt(at + 1) === 45) {
        at += 1;
        inside = false;
      } else if (code !== 45 && code !== 39) {
        inside = false;
      }
      continue;
    }
    const c = String.fromCodePoint(text.codePointAt(at));
    at += c.length - 1;
    if (ALONE.test(c)) {
      words += 1;
      inside = false;
    } else if (WORD.test(c)) {
      if (!inside) words += 1;
      inside = true;
    } else if (c !== "’" && c !== "‘") {
      inside = false;
    }
  }
  return words;
}

const counted = new WeakMap();

/** The words of a document or of a block, notes included. */
export function wordsIn(node) {
  if (node.isText) return countWords(node.text);
  let words = counted.get(node);
  if (words === undefined) {
    words = 0;
    node.forEach((child) => (words += wordsIn(child)));
    counted.set(node, words);
  }
  return words;
}
