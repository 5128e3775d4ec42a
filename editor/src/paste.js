// What comes in from elsewhere: pasted and dropped texts.
//
// Owns the way of a paste: what was copied out of an editor of ours goes in as it is, HTML goes to
// the server's reader and comes back clean, plain text becomes paragraphs; when the server is away,
// the plain text is taken. A place is held for what is on its way, so that typing can go on.

import { DOMSerializer, Fragment, Slice } from "prosemirror-model";
import { Plugin, PluginKey } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import { isPlain } from "./forms.js";
import { make } from "./page.js";
import { fragmentFrom } from "./parse.js";
import { schema } from "./schema.js";
import { Away, convert } from "./server.js";

const places = new PluginKey("pastes");
const OWN = "data-fanfold-copy";

/** Marks what is copied, so that it is known again. */
class Copies extends DOMSerializer {
  serializeFragment(fragment, options, target) {
    const top = super.serializeFragment(fragment, options, target);
    const first = target ? null : [...top.childNodes].find((node) => node.nodeType === 1);
    first?.setAttribute(OWN, "");
    return top;
  }
}

/** Plain text as paragraphs: one a line, or, where blank lines part them, one a block of lines. */
export function paragraphsOf(text) {
  const clean = text.replace(/\r\n?/g, "\n").replace(/^\n+|\n+$/g, "");
  const parted = /\n[ \t]*\n/.test(clean);
  const blocks = parted ? clean.split(/\n(?:[ \t]*\n)+/) : clean.split("\n");
  const line = (block) => {
    const inline = block.split("\n").flatMap((one, at) => {
      const words = one ? [schema.text(one)] : [];
      return at ? [schema.nodes.hard_break.create(), ...words] : words;
    });
    return schema.nodes.paragraph.create(null, inline);
  };
  return Fragment.from(blocks.map(line));
}

/** A piece of text that joins what stands before and behind it where both are paragraphs. */
function sliceOf(fragment) {
  const joins = (node) => node?.type === schema.nodes.paragraph && isPlain(node.attrs);
  const [start, end] = [joins(fragment.firstChild), joins(fragment.lastChild)];
  return new Slice(fragment, start ? 1 : 0, end ? 1 : 0);
}

/** `say` is told what the writer should know; `address` is where HTML is cleaned. */
export function pastes({ address, say }) {
  let waiting = 0;

  /** Puts the fragment where the place of a paste is now. */
  function settle(view, id, fragment) {
    if (view.isDestroyed) return;
    const set = places.getState(view.state);
    const [place] = set.find(null, null, (spec) => spec.id === id);
    const tr = view.state.tr.setMeta(places, { remove: id });
    if (place && fragment.size) {
      tr.replaceRange(place.from, place.from, sliceOf(fragment)).setMeta("paste", true);
    }
    view.dispatch(tr.scrollIntoView());
  }

  async function clean(view, id, html, text) {
    try {
      const answer = await convert(address, "html", "html", html);
      settle(view, id, fragmentFrom(answer.text));
      const left = answer.warnings.length;
      if (left) say(`pasted; ${answer.warnings.slice(0, 3).join("; ")}${left > 3 ? " …" : ""}`);
    } catch (error) {
      if (!(error instanceof Away)) throw error;
      settle(view, id, paragraphsOf(text || textOf(html)));
      say("pasted as plain text: the server was not reached");
    }
  }

  /** Takes in what a paste or drop carries. */
  function take(view, data, at, plainly) {
    const inCode = view.state.doc.resolve(at ?? view.state.selection.from).parent.type.spec.code;
    const html = plainly || inCode ? "" : data.getData("text/html");
    const text = data.getData("text/plain");
    if (!html && !text) {
      if (data.files.length) say("pictures cannot be pasted; add them by their address");
      return true;
    }
    const tr = view.state.tr;
    if (at === null) tr.deleteSelection();
    const pos = at === null ? tr.selection.from : at;
    if (inCode) {
      view.dispatch(tr.insertText(text.replace(/\r\n?/g, "\n"), pos).scrollIntoView());
      return true;
    }
    if (!html) {
      tr.replaceRange(pos, pos, sliceOf(paragraphsOf(text)));
      view.dispatch(tr.setMeta("paste", true).setMeta("uiEvent", "paste").scrollIntoView());
      return true;
    }
    const id = ++waiting;
    view.dispatch(tr.setMeta(places, { add: { id, pos } }));
    clean(view, id, html, text);
    return true;
  }

  return new Plugin({
    key: places,
    state: {
      init: () => DecorationSet.empty,
      apply(tr, set) {
        let next = set.map(tr.mapping, tr.doc);
        const { add, remove } = tr.getMeta(places) ?? {};
        if (add) {
          const show = () => make("span", { class: "ed-pasting", role: "status" }, "pasting…");
          next = next.add(tr.doc, [Decoration.widget(add.pos, show, { id: add.id, side: 1 })]);
        }
        if (remove) next = next.remove(next.find(null, null, (spec) => spec.id === remove));
        return next;
      },
    },
    props: {
      decorations: (state) => places.getState(state),
      clipboardSerializer: new Copies(
        DOMSerializer.nodesFromSchema(schema), DOMSerializer.marksFromSchema(schema)),
      // Before the editor's library looks at it: what comes from elsewhere is not parsed here.
      handleDOMEvents: {
        paste(view, event) {
          const data = event.clipboardData;
          const plainly = view.input?.shiftKey === true;
          if (!data) return false;
          event.preventDefault();
          const html = data.getData("text/html");
          if (plainly || !html.includes(OWN)) return take(view, data, null, plainly);
          try {
            return view.pasteHTML(html);
          } catch {
            // Only somebody who forged the mark gets here: what does not fit goes the usual way.
            return take(view, data, null, plainly);
          }
        },
        drop(view, event) {
          if (view.dragging || !event.dataTransfer) return false;
          const at = view.posAtCoords({ left: event.clientX, top: event.clientY });
          event.preventDefault();
          return take(view, event.dataTransfer, at?.pos ?? view.state.doc.content.size, false);
        },
      },
    },
  });
}

/** The words of HTML, a line for each block; read in an inert document. */
function textOf(html) {
  // The page's policy forbids inline style, also where it has no effect: it would be reported.
  const bare = html.replace(/<style\b[^]*?<\/style/gi, "<style></style").replace(/\sstyle\s*=/gi, " data-x=");
  const { body } = new window.DOMParser().parseFromString(bare, "text/html");
  for (const element of body.querySelectorAll("script, style, template, title")) element.remove();
  for (const element of body.querySelectorAll("p, div, li, h1, h2, h3, h4, h5, h6, tr, br")) {
    element.append("\n");
    if (element.nodeName === "BR") element.replaceWith("\n");
  }
  return body.textContent.replace(/[ \t]+/g, " ").replace(/\n\s*\n\s*/g, "\n").trim();
}
