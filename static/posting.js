// All proposals are ticked at once. Names of tags come up while they are typed, and lines of tags are moved with Alt and the arrows.
// Without this, the boxes are boxes.
"use strict";

(() => {
  for (const box of document.querySelectorAll("textarea[data-tags]")) {
    box.addEventListener("keydown", (event) => {
      if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      const lines = box.value.split("\n");
      const at = box.value.slice(0, box.selectionStart).split("\n").length - 1;
      const to = at + (event.key === "ArrowUp" ? -1 : 1);
      if (to < 0 || to >= lines.length) return;
      const column = box.selectionStart - lines.slice(0, at).join("\n").length - (at > 0 ? 1 : 0);
      [lines[at], lines[to]] = [lines[to], lines[at]];
      box.value = lines.join("\n");
      const start = lines.slice(0, to).join("\n").length + (to > 0 ? 1 : 0);
      box.setSelectionRange(start + column, start + column);
    });
    suggest(box);
  }

  /** A list of names under a box, for the line in which the cursor stands. */
  function suggest(box) {
    const list = document.createElement("ul");
    list.id = `${box.id}-names`;
    list.className = "names";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Tags of this archive");
    list.hidden = true;
    box.after(list);
    box.setAttribute("aria-controls", list.id);
    box.setAttribute("aria-autocomplete", "list");
    let asked = 0;
    let timer = 0;
    let active = -1;

    const line = () => {
      const start = Math.max(
        box.value.lastIndexOf("\n", box.selectionStart - 1),
        box.value.lastIndexOf(",", box.selectionStart - 1),
      ) + 1;
      return { start, text: box.value.slice(start, box.selectionStart) };
    };
    const close = () => {
      list.hidden = true;
      active = -1;
      box.removeAttribute("aria-activedescendant");
    };
    const mark = (to) => {
      const options = [...list.children];
      active = (to + options.length) % options.length;
      options.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
      box.setAttribute("aria-activedescendant", options[active].id);
    };
    const take = (name) => {
      const { start } = line();
      const after = box.value.slice(box.selectionStart);
      box.value = `${box.value.slice(0, start)}${name}${after}`;
      box.setSelectionRange(start + name.length, start + name.length);
      box.focus();
      close();
    };

    async function ask() {
      const { text } = line();
      const number = ++asked;
      if (text.trim().length < 2) return close();
      const query = new URLSearchParams({ kind: box.dataset.tags, q: text.trim() });
      const answer = await fetch(`/tags/suggest?${query}`).catch(() => null);
      if (number !== asked || !answer?.ok) return;
      const names = await answer.json();
      if (number !== asked || names.length === 0) return close();
      list.replaceChildren(
        ...names.slice(0, 8).map((each, at) => {
          const name = each.name ?? each;
          const option = document.createElement("li");
          option.id = `${list.id}-${at}`;
          option.setAttribute("role", "option");
          option.setAttribute("aria-selected", "false");
          option.dir = "auto";
          option.textContent = name;
          option.addEventListener("mousedown", (event) => {
            event.preventDefault();
            take(name);
          });
          return option;
        }),
      );
      list.hidden = false;
      active = -1;
    }

    box.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, 120);
    });
    box.addEventListener("blur", close);
    box.addEventListener("keydown", (event) => {
      if (list.hidden || event.altKey) return;
      if (event.key === "ArrowDown") mark(active + 1);
      else if (event.key === "ArrowUp") mark(active < 0 ? -1 : active - 1);
      else if (event.key === "Enter" && active >= 0) take(list.children[active].textContent);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    });
  }

  for (const button of document.querySelectorAll("button[data-tick]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      for (const box of button.form.querySelectorAll(`input[name="${button.dataset.tick}"]`)) {
        box.checked = true;
      }
    });
  }

  // The server counts in UTC; whoever schedules thinks in the clock on the wall.
  const when = document.querySelector("input[name=post_at]");
  if (when) {
    const zone = new Date().getTimezoneOffset() * 60_000;
    const shift = (value, by) => {
      const at = Date.parse(`${value}Z`);
      return Number.isNaN(at) ? value : new Date(at + by).toISOString().slice(0, 16);
    };
    when.value = shift(when.value, -zone);
    document.querySelector("label[for=when]").textContent = "On";
    when.form.addEventListener("submit", () => {
      when.value = shift(when.value, zone);
    });
  }
})();
