// The small values that a text may hold: class names, languages, lengths, addresses.
//
// Owns the browser's copy of the rules of `fanfold-doc` (checked.rs, href.rs); the server checks
// again and has the last word. Each function gives the checked value, or null. Knows no editor.

const LONGEST_ADDRESS = 2048;

/** Class names of a writer's own, as one string; what is none is left out. */
export function classes(text) {
  const good = (name) =>
    /^[A-Za-z][\w-]{1,63}$/.test(name) && !/^(ff-|Mso|Apple-|calibre|ProseMirror)/.test(name);
  return [...new Set((text ?? "").split(/[ \t\n\r\f]+/).filter(good))].join(" ");
}

export function lang(text) {
  const tag = (text ?? "").trim();
  const shape = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/;
  return shape.test(tag) && tag.length <= 35 && !/-[A-Za-z0-9]$/.test(tag) ? tag : null;
}

export function length(text) {
  const bare = (text ?? "").trim().replace(/px$/, "");
  return /^\d{1,4}%?$/.test(bare) ? bare : null;
}

export const name = (text) => (/^[\w.-]{1,64}$/.test(text ?? "") ? text : null);

export function whole(text, least, most) {
  const found = /^\s*([+-]?\d{1,10})\s*$/.exec(text ?? "");
  const number = found ? Number(found[1]) : NaN;
  return number >= least && number <= most ? number : null;
}

const ALIGN = ["left", "right", "center", "justify", "top", "middle", "bottom"];
export const align = (word) => (ALIGN.includes(word) ? word : null);
export const dir = (word) => (["ltr", "rtl", "auto"].includes(word) ? word : null);
export const marker = (word) => (["disc", "circle", "square"].includes(word) ? word : null);
export const scope = (word) =>
  ["row", "col", "rowgroup", "colgroup"].includes(word) ? word : null;

/** Text without the characters that XML cannot hold and the controls that show nothing. */
export const printable = (text) =>
  // eslint-disable-next-line no-control-regex
  text.replace(/\r\n?/g, "\n").replace(/[\0-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]/g, "");

/** An attribute's text on one line; null where nothing is left. */
export function line(text) {
  const words = printable(text ?? "").split(/[ \t\n\f]+/).filter(Boolean);
  return words.length ? words.join(" ") : null;
}

/** An address that a story may link to: http, https, ftp, mailto, a place in the same text. */
export function href(text) {
  // eslint-disable-next-line no-control-regex
  const clean = (text ?? "").replace(/[\0-\x1f\x7f-\x9f\ufff0-\uffff]/g, "").trim();
  if (clean.length > LONGEST_ADDRESS) return null;
  if (clean.startsWith("#")) return name(clean.slice(1)) ? clean : null;
  const found = /^([a-z]+):(.*)$/is.exec(clean);
  if (!found) return null;
  const scheme = found[1].toLowerCase();
  if (scheme === "mailto") {
    const rest = encode(found[2]);
    return rest && rest.length < LONGEST_ADDRESS ? `mailto:${rest}` : null;
  }
  if (!["http", "https", "ftp"].includes(scheme)) return null;
  const parts = /^\/\/([^/?#]*)([^#]*)(?:#(.*))?$/s.exec(found[2]);
  if (!parts || !isHost(parts[1])) return null;
  const fragment = parts[3] === undefined ? "" : `#${encode(parts[3])}`;
  const address = `${scheme}://${parts[1]}${encode(parts[2])}${fragment}`;
  return new TextEncoder().encode(address).length <= LONGEST_ADDRESS ? address : null;
}

function isHost(host) {
  const found = /^([\p{L}\p{N}\p{M}._-]+)(?::(\d{1,5}))?$/u.exec(host);
  const port = Number(found?.[2] ?? 0);
  return !!found && !found[1].startsWith(".") && port <= 65535 && host.length <= 255;
}

function encode(text) {
  const bytes = new TextEncoder();
  const escaped = (c) =>
    [...bytes.encode(c)].map((b) => `%${b.toString(16).toUpperCase().padStart(2, "0")}`).join("");
  const kept = /%(?![0-9a-f]{2})|[^%\w\-.~!$&'()*+,;=:/?@\p{L}\p{N}]/giu;
  return text.replace(kept, escaped);
}

/** Where an image's bytes are: kept in the archive (`media/…`), or an address elsewhere. */
export function source(text) {
  if (/^media\/[0-9a-f]{64}\.(png|jpg|gif|webp)$/.test(text ?? "")) return text;
  const address = href(text);
  return address && address.startsWith("http") ? address : null;
}
