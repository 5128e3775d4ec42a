// Notes at the foot: shown as a number in the text, edited in a dialog.
//
// Owns that dialog with its small editor, and the node that stands for a note.

import { EditorState, NodeSelection } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { history } from "prosemirror-history";
import { rules, textKeys } from "./commands.js";
import { ask, button, make } from "./page.js";
import { schema } from "./schema.js";

/** Asks for the text of a note; gives its blocks, or null. A note has no notes of its own. */
function askForNote(content) {
  return ask("Note", (dialog, close) => {
    const place = make("div", { class: "ed-note-text story" });
    const doc = schema.node("doc", null, content.size ? content : schema.nodes.paragraph.create());
    const view = new EditorView(place, {
      state: EditorState.create({ doc, plugins: [rules(), ...textKeys({}), history()] }),
      attributes: { role: "textbox", "aria-multiline": "true", "aria-label": "The note", autofocus: "" },
      transformPasted: withoutNotes,
      handlePaste: (own, event) => {
        // Only words: whatever else a note should hold is typed.
        const text = event.clipboardData?.getData("text/plain") ?? "";
        own.dispatch(own.state.tr.insertText(text.replace(/\s+/g, " ")));
        return true;
      },
    });
    const end = (value) => {
      close(value);
      view.destroy();
    };
    dialog.addEventListener("cancel", () => view.destroy());
    dialog.append(place, make("p", { class: "ed-acts" },
      button("OK", () => end(view.state.doc.content), { class: "ed-main" }),
      button("Cancel", () => end(null))));
  });
}

function withoutNotes(slice) {
  const { footnote } = schema.nodes;
  let has = false;
  slice.content.descendants((node) => (has ||= node.type === footnote));
  return has ? slice.constructor.empty : slice;
}

/** Puts a note behind the cursor. */
export async function addNote(view) {
  const { $to } = view.state.selection;
  if (!$to.parent.inlineContent || $to.parent.type.spec.code) return;
  const content = await askForNote(schema.nodes.doc.create().content);
  if (!content?.textBetween(0, content.size).trim()) return view.focus();
  const { to } = view.state.selection;
  view.dispatch(view.state.tr.insert(to, schema.nodes.footnote.create(null, content)).scrollIntoView());
  view.focus();
}

async function edit(view, getPos) {
  const node = view.state.doc.nodeAt(getPos());
  const content = await askForNote(node.content);
  if (!content || view.state.doc.nodeAt(getPos()) !== node) return view.focus();
  const at = getPos();
  const empty = !content.textBetween(0, content.size, "", "x").trim();
  const tr = view.state.tr;
  if (empty) tr.delete(at, at + node.nodeSize);
  else tr.replaceWith(at, at + node.nodeSize, node.type.create(null, content, node.marks));
  view.dispatch(tr);
  view.focus();
}

/** The note as it stands in the text. */
export function noteView(node, view, getPos) {
  const dom = make("span", { class: "ed-note", title: node.textContent.slice(0, 300) },
    make("button", { type: "button", "aria-label": `Note: ${node.textContent.slice(0, 80)}`,
      tabindex: "-1", click: () => edit(view, getPos) }));
  return { dom, ignoreMutation: () => true, stopEvent: (event) => event.type === "click" };
}

/** Enter on a chosen note opens it. */
export const openNote = (state, dispatch, view) => {
  const { selection } = state;
  const isNote = selection instanceof NodeSelection && selection.node.type === schema.nodes.footnote;
  if (isNote && view) edit(view, () => view.state.selection.from);
  return isNote;
};
