// Elements, dialogs and pictograms: how the editor makes the parts of its page.
//
// Owns the making of elements without markup (the page's policy allows none from scripts) and the
// frame of every dialog. Knows nothing of texts.

/** An element; `attrs` that are functions are listeners, null leaves an attribute out. */
export function make(tag, attrs = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

let made = 0;
/** An id that nothing else on the page has. */
export const newId = (stem) => `ed-${stem}-${++made}`;

const isMac = /Mac|iPhone|iPad/.test(navigator.platform ?? "");

/** A key as it is written on the reader's keyboard. */
export const keyName = (key) =>
  key.replace("Mod", isMac ? "⌘" : "Ctrl").replace("Alt", isMac ? "⌥" : "Alt").replaceAll("-", "+");

export const button = (label, act, attrs = {}) =>
  make("button", { type: "button", click: act, ...attrs }, label);

/** Shows a dialog until `close` is called with an answer; Escape answers null. */
export function ask(title, build, attrs = {}) {
  const heading = make("h2", { id: newId("dialog") }, title);
  const dialog = make("dialog", { class: "ed-dialog", "aria-labelledby": heading.id, ...attrs }, heading);
  const before = document.activeElement;
  return new Promise((answer) => {
    const close = (value) => {
      dialog.close();
      dialog.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      answer(value);
    };
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close(null);
    });
    build(dialog, close);
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector("[autofocus]")?.focus();
  });
}

/** A dialog of boxes to fill in: `boxes` are [name, label, value, check]; gives their values. */
export function askFor(title, boxes, actions) {
  return ask(title, (dialog, close) => {
    const fault = make("p", { class: "ed-fault", role: "alert" });
    const inputs = boxes.map(([name, , value], at) =>
      make("input", { id: newId("box"), name, value, autofocus: at === 0, autocomplete: "off" }));
    const rows = boxes.map(([, label], at) =>
      make("p", { class: "ed-row" }, make("label", { for: inputs[at].id }, label), inputs[at]));
    const submit = (event) => {
      event.preventDefault();
      const answer = {};
      for (const [at, [name, , , check]] of boxes.entries()) {
        const { value, error } = check(inputs[at].value);
        if (error) {
          fault.textContent = error;
          inputs[at].setAttribute("aria-invalid", "true");
          return inputs[at].focus();
        }
        answer[name] = value;
      }
      return close(answer);
    };
    const more = (actions ?? []).map(([label, value]) => button(label, () => close(value)));
    dialog.append(make("form", { submit, novalidate: true }, ...rows, fault,
      make("p", { class: "ed-acts" }, make("button", { class: "ed-main" }, "OK"), ...more,
        button("Cancel", () => close(null)))));
  });
}

/** Strokes of pictograms, drawn on 24 by 24. */
const STROKES = {
  bold: "M7 5h6a3.5 3.5 0 0 1 0 7H7zM7 12h7a3.5 3.5 0 0 1 0 7H7z",
  italic: "M10 5h8M6 19h8M14.5 5l-5 14",
  underline: "M7 4v7a5 5 0 0 0 10 0V4M5 20h14",
  strike: "M4 12h16M16.5 8c0-2-2-3-4.500-3S8 6.200 8 8c0 1.500 1 2.500 2 3M7.500 16c0 2 2 3 4.500 3s4.500-1 4.500-3",
  superscript: "M4 8l8 11M12 8L4 19M16 9h5M16.200 5.200c0-2.800 4.600-2.800 4.600 0 0 1.700-3 2.300-4.600 3.800",
  subscript: "M4 4l8 11M12 4L4 15M16 20h5M16.200 16.200c0-2.800 4.600-2.800 4.600 0 0 1.700-3 2.300-4.600 3.800",
  quote: "M5 5v14M10 8h10M10 12h10M10 16h7",
  bullets: "M9 6h11M9 12h11M9 18h11M4.500 6h.010M4.500 12h.010M4.500 18h.010",
  numbers: "M10 6h10M10 12h10M10 18h10M4 4.500l1.500-.500v5M4 15.500c0-2 3-2 3 0 0 1.500-3 2-3 4h3",
  scene: "M3 12h4M17 12h4M10 10l4 4M14 10l-4 4",
  chapter: "M5 4h14M5 8h9M3 12h2M8 12h2M13 12h2M18 12h2M5 16h14M5 20h9",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-2 4 4M15.500 9h.010",
  note: "M5 4h14M5 9h14M5 14h8M16 20h4M18 14v6M18 14l-2 1.500",
  undo: "M9 6L4 11l5 5M4 11h10a5 5 0 0 1 0 10h-3",
  redo: "M15 6l5 5-5 5M20 11H10a5 5 0 0 0 0 10h3",
  find: "M11 4a7 7 0 1 1 0 14a7 7 0 1 1 0-14M16 16l5 5",
  proof: "M3 17l4-11 4 11M4.500 13h5M13 15l3 3 5-7",
  focus: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
};

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const list = { viewBox: "0 0 24 24", width: "20", height: "20", "aria-hidden": "true", fill: "none",
    stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round" };
  for (const [key, value] of Object.entries(list)) svg.setAttribute(key, value);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", STROKES[name]);
  svg.append(path);
  return svg;
}

/** A word with its number. */
export const several = (count, one, many = `${one}s`) =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
