// Remarks on words that are chosen in the text, and deciding them with the keyboard. Every page does
// the same without this script.
"use strict";

// ---- the text as the site counts it ----------------------------------------------------------

/** The pieces of text of an element, without what is no part of the story: readings above letters
    and the numbers of notes. A line break is given as "\n". */
function* textOf(node) {
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) {
      yield { node: child, text: child.data };
    } else if (child.nodeType === Node.ELEMENT_NODE) {
      const role = child.getAttribute("role");
      if (child.matches("rt, rp, img") || role === "doc-noteref" || role === "doc-backlink") continue;
      if (child.matches("br")) yield { node: child, text: "\n" };
      else yield* textOf(child);
    }
  }
}

/** The text of an element between two places of a range, and where it begins. */
function chosen(story, range) {
  let before = "";
  let quote = "";
  for (const { node, text } of textOf(story)) {
    if (!range.intersectsNode(node)) {
      if (quote === "") before += text;
      continue;
    }
    const from = node === range.startContainer ? range.startOffset : 0;
    const to = node === range.endContainer ? range.endOffset : text.length;
    if (quote === "") before += text.slice(0, from);
    quote += text.slice(from, to);
  }
  const start = quote.length - quote.trimStart().length;
  return { quote: quote.trim(), at: before.length + start };
}

// ---- whoever reads ------------------------------------------------------------------------------

const article = document.querySelector("[data-beta]");
const box = document.querySelector("[data-box]");

if (article && box) {
  const [bar, form] = [box.querySelector("[data-bar]"), box.querySelector("form")];
  const [start, unsent] = [bar.querySelector("[data-begin]"), bar.querySelector("[data-unsent]")];
  /** How long a choice rests before it is offered, milliseconds. */
  const REST = 250;
  const SHORT = 40;
  let timer = 0;
  let found;

  const shortened = (quote) =>
    quote.length > SHORT ? `${quote.slice(0, SHORT).trimEnd()}…` : quote;

  // ---- what was typed and not sent: kept for its passage as long as this tab is open -----------

  const PLACE = `fanfold-beta ${location.pathname}`;
  const FIELDS = ["paragraph", "count", "at", "quote"];
  const named = (passage) => FIELDS.map((name) => passage[name]).join(" ");

  /** By their passages, the last one last. */
  const typed = new Map();
  try {
    // What was on its way is there by now, unless the browser came back from where it failed.
    const [entry] = performance.getEntriesByType("navigation");
    for (const own of JSON.parse(sessionStorage.getItem(PLACE) ?? "[]")) {
      const failed = entry?.type === "back_forward";
      if (!own.sent || failed) typed.set(named(own), { ...own, sent: false });
    }
  } catch {
    // The browser keeps nothing: then this page alone does.
  }

  const remember = () => {
    const all = [...typed.values()];
    try {
      if (all.length > 0) sessionStorage.setItem(PLACE, JSON.stringify(all));
      else sessionStorage.removeItem(PLACE);
    } catch {
      // As above.
    }
    unsent.replaceChildren(
      ...all.map((own) => {
        const [button, quote] = [document.createElement("button"), document.createElement("q")];
        button.type = "button";
        quote.textContent = shortened(own.quote);
        button.append("Go on with ", quote);
        button.addEventListener("click", () => begin(own));
        return button;
      }),
    );
  };

  /** Keeps what stands in the form, if it is anything. */
  const keep = (sent = false) => {
    const own = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value]));
    const [said, instead] = [form.elements.said.value, form.elements.instead.value];
    typed.delete(named(own));
    if (said.trim() !== "" || instead !== own.quote) {
      typed.set(named(own), { ...own, said, instead, sent });
    }
    remember();
  };

  for (const hint of document.querySelectorAll("[data-with-script]")) hint.hidden = false;

  /** The words that are chosen, if they stand in one paragraph. */
  const look = () => {
    const selection = getSelection();
    if (!selection || selection.isCollapsed || selection.rangeCount === 0) return undefined;
    const range = selection.getRangeAt(0);
    const holder = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);
    const piece = holder(range.startContainer)?.closest("[data-paragraph]");
    const story = piece?.querySelector(".story");
    if (!story || !story.contains(range.startContainer)) return undefined;
    // A choice by three clicks ends at the beginning of what follows.
    const own = range.cloneRange();
    if (!story.contains(range.endContainer)) own.setEnd(story, story.childNodes.length);
    const { quote, at } = chosen(story, own);
    if (quote === "") return undefined;
    return { quote, at, paragraph: piece.dataset.paragraph, count: piece.dataset.count };
  };

  const offer = () => {
    if (!form.hidden) return;
    found = look();
    start.hidden = !found || typed.has(named(found));
    box.hidden = !found && typed.size === 0;
    if (found) start.querySelector("[data-short]").textContent = shortened(found.quote);
  };

  const begin = (passage) => {
    const { said = "", instead = passage.quote } = typed.get(named(passage)) ?? {};
    for (const name of FIELDS) form.elements[name].value = passage[name];
    box.querySelector("[data-quote]").textContent = passage.quote;
    form.elements.said.value = said;
    form.elements.instead.value = instead;
    bar.hidden = true;
    form.hidden = false;
    form.elements.said.focus();
  };

  const close = () => {
    if (!form.hidden) keep();
    form.hidden = true;
    bar.hidden = false;
    start.hidden = true;
    box.hidden = typed.size === 0;
  };

  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(offer, REST);
  });

  start.addEventListener("click", () => {
    if (found) begin(found);
  });

  let sending = false;
  form.addEventListener("submit", () => {
    sending = true;
    keep(true);
  });
  // It was not sent after all if somebody goes on with it.
  for (const event of ["input", "pageshow"]) addEventListener(event, () => (sending = false));
  addEventListener("pagehide", () => {
    if (!form.hidden && !sending) keep();
  });

  remember();
  offer();

  box.querySelector("[data-close]").addEventListener("click", close);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });

  // Words that something was said of are marked in the text, where the browser can.
  if (globalThis.Highlight && CSS.highlights) {
    const said = new Highlight();
    for (const quote of document.querySelectorAll(".said .said-quote, .said del")) {
      const story = quote.closest("[data-paragraph]")?.querySelector(".story");
      if (!story) continue;
      const pieces = [...textOf(story)];
      const text = pieces.map((piece) => piece.text).join("");
      // In a part of several paragraphs the place is another one.
      const told = Number(quote.closest("[data-at]")?.dataset.at);
      const from = text.startsWith(quote.textContent, told) ? told : text.indexOf(quote.textContent);
      if (from < 0) continue;
      const range = new Range();
      let at = 0;
      const end = from + quote.textContent.length;
      for (const { node, text } of pieces) {
        if (node.nodeType === Node.TEXT_NODE) {
          if (from >= at && from < at + text.length) range.setStart(node, from - at);
          if (end > at && end <= at + text.length) range.setEnd(node, end - at);
        }
        at += text.length;
      }
      if (!range.collapsed) said.add(range);
    }
    CSS.highlights.set("said", said);
  }
}

// ---- whoever writes -----------------------------------------------------------------------------

const rows = [...document.querySelectorAll("[data-remark]")];

if (rows.length > 0) {
  for (const row of rows) row.tabIndex = 0;
  const keys = document.querySelector("[data-keys]");
  if (keys) keys.hidden = false;
  const named = location.hash && document.getElementById(location.hash.slice(1));
  if (named && rows.includes(named)) named.focus();

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input, textarea, select")) return;
    const row = event.target.closest("[data-remark]");
    const at = rows.indexOf(row);
    const go = (to) => {
      event.preventDefault();
      rows[Math.max(0, Math.min(to, rows.length - 1))].focus();
    };
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at - 1);
    else if (row && !event.repeat) row.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
  });
}

const link = document.querySelector("[data-link]");
const copy = document.querySelector("[data-copy]");

if (link && copy && navigator.clipboard) {
  link.textContent = link.href;
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(link.href);
      copy.textContent = "Copied";
    } catch {
      getSelection()?.selectAllChildren(link);
      copy.textContent = "Chosen: copy it now";
    }
  });
}
