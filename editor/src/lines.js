// The lines of a document as plain text, with the way back from an offset to a place.
//
// Owns what finding and proofreading look at: every block that holds text, in reading order; a line
// break is "\n", pictures and notes are nothing. Offsets count UTF-16 units, as strings do.

const kept = new WeakMap();

/** The plain text of one block of text, and its parts: [offset, position inside the block, length]. */
export function lineOf(block) {
  let line = kept.get(block);
  if (line) return line;
  let text = "";
  const parts = [];
  block.forEach((node, at) => {
    let piece = "";
    if (node.isText) piece = node.text;
    else if (node.type.name === "hard_break") piece = "\n";
    else if (node.type.name === "ruby") piece = baseOf(node);
    if (!piece) return;
    const direct = node.isText || piece === "\n";
    parts.push({ offset: text.length, at, length: piece.length, size: node.nodeSize, direct });
    text += piece;
  });
  line = { text, parts };
  kept.set(block, line);
  return line;
}

function baseOf(ruby) {
  let text = "";
  ruby.forEach((part) => {
    if (part.type.name === "ruby_base") text += part.textContent;
  });
  return text;
}

/** Every block of text: { node, pos (of its content), text }. */
export function linesOf(doc) {
  const lines = [];
  doc.descendants((node, pos) => {
    if (!node.isTextblock) return !node.isInline;
    lines.push({ node, pos: pos + 1, text: lineOf(node).text });
    return false;
  });
  return lines;
}

/** The places of two offsets of a block whose content begins at `pos`. */
export function rangeIn(node, pos, from, to) {
  const { parts } = lineOf(node);
  const place = (offset, end) => {
    let found = 0;
    for (const part of parts) {
      const inside = end ? offset > part.offset : offset >= part.offset;
      if (!inside) break;
      const into = offset - part.offset;
      found = part.at + (part.direct ? Math.min(into, part.size) : end ? part.size : 0);
    }
    return pos + found;
  };
  return { from: place(from, false), to: Math.max(place(to, true), place(from, false)) };
}

/** The offset of a place in a block whose content begins at `pos`: the other way round. */
export function offsetOf(node, pos, place) {
  let found = 0;
  for (const part of lineOf(node).parts) {
    const into = place - pos - part.at;
    if (into <= 0) break;
    found = part.offset + (part.direct ? Math.min(into, part.length) : part.length);
  }
  return found;
}
