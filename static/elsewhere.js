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
    const say = (word) => {
      button.textContent = word;
      button.setAttribute("aria-label", `${word}: ${box.dataset.copy}`);
    };
    let timer = 0;
    button.type = "button";
    say("Copy");
    // Beside a line, above a text.
    if (box.localName === "input") box.after(button);
    else box.before(button);
    button.addEventListener("click", async () => {
      const done = await copied(box);
      say(done ? "Copied" : "Press Ctrl+C");
      said.textContent = done ? `Copied: ${box.dataset.copy}` : "Selected: press Control and C";
      if (!done) return;
      button.focus();
      clearTimeout(timer);
      timer = setTimeout(say, SHOWN, "Copy");
    });
    box.addEventListener("focus", () => box.select());
  }
})();
