// A button beside each box copies what stands in it; whoever goes to a box with the keyboard finds
// all of it selected. Without this, boxes are selected and copied by hand.
"use strict";

(() => {
  const said = document.querySelector("[data-said]");
  /** How long a button says that it was pressed, milliseconds. */
  const SHOWN = 2500;

  /** Copies a box; sites that are not served encrypted have only the old way. */
  async function copied(box) {
    try {
      await navigator.clipboard.writeText(box.value);
      return true;
    } catch {
      box.focus();
      box.select();
      return document.execCommand("copy");
    }
  }

  for (const box of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    const word = document.createElement("span");
    const what = document.createElement("span");
    button.type = "button";
    word.textContent = "Copy";
    what.className = "away";
    what.textContent = `: ${box.dataset.copy}`;
    button.append(word, what);
    box.before(button);
    let timer = 0;
    button.addEventListener("click", async () => {
      const done = await copied(box);
      word.textContent = done ? "Copied" : "Press Ctrl+C";
      said.textContent = done ? `Copied: ${box.dataset.copy}` : "Selected: press Control and C";
      if (!done) return;
      button.focus();
      clearTimeout(timer);
      timer = setTimeout(() => (word.textContent = "Copy"), SHOWN);
    });
    box.addEventListener("focus", () => box.select());
  }
})();
