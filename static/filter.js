// Makes the library's panel answer at once: a tick fetches the page of its question and puts list,
// counts and chips in place. Nothing here is needed: without it the panel is a form with a button.
//
// Owns the panel as a sheet on small windows, and the names that are offered while somebody types.
// It knows no rule of the archive: every answer is a page of the site.
"use strict";
(() => {
  const main = document.getElementById("content");
  const panel = document.getElementById("filter");
  const results = document.getElementById("results");
  if (!main || !panel || !results) return;
  const narrow = matchMedia("(max-width: 59.99rem)");
  const apply = document.getElementById("apply");
  const rest = [document.querySelector("header.top"), results, document.querySelector("footer")];

  // ---- what is said aloud -------------------------------------------------------------------

  const live = document.createElement("p");
  live.className = "away";
  live.setAttribute("aria-live", "polite");
  main.append(live);

  // ---- fetching and putting in place --------------------------------------------------------

  let running = null;
  const boxes = () => [...panel.querySelectorAll("input:not([type]), input[type=text]")];

  /** Where the focus is, in words that hold in the next page as well. */
  function place() {
    const at = document.activeElement;
    if (!at || !main.contains(at)) return null;
    const from = at.selectionStart ?? null;
    return { id: at.id, name: at.name, value: at.value, tag: at.tagName, from, to: at.selectionEnd,
      inside: results.contains(at) ? "results" : "panel",
      group: at.closest("details")?.id, type: at.type };
  }

  function find(old) {
    const all = [...panel.querySelectorAll(old.tag)];
    const ticks = old.type === "checkbox" || old.type === "radio" || old.tag === "BUTTON";
    return (
      (old.id && document.getElementById(old.id)) ||
      all.find((e) => e.name === old.name && (!ticks || e.value === old.value) && old.name) ||
      (old.group && document.getElementById(old.group)?.querySelector("summary"))
    );
  }

  function focusAgain(old) {
    if (!old || main.contains(document.activeElement)) return;
    const next =
      old.inside === "panel"
        ? find(old)
        : results.querySelector(".chips a") ?? document.getElementById("count");
    if (!next) return;
    if (next.id === "count") next.tabIndex = -1;
    next.focus({ preventScroll: true });
    if (old.from !== null && next.tagName === "INPUT" && next.type === "text") {
      next.setSelectionRange(old.from, old.to);
    }
  }

  /** Puts the parts of another page of the library in place of those that are there. */
  function put(page, sent) {
    const body = panel.querySelector(".panel-body");
    const nextBody = page.querySelector("#filter .panel-body");
    const nextResults = page.getElementById("results");
    if (!nextBody || !nextResults) return false;
    const old = place();
    for (const details of body.querySelectorAll("details[id]")) {
      const next = nextBody.querySelector(`details[id="${CSS.escape(details.id)}"]`);
      if (next) next.open = details.open || next.open;
    }
    for (const box of boxes()) {
      // Written while the answer was on its way: it stays.
      const next = nextBody.querySelector(`input[name="${CSS.escape(box.name)}"]`);
      if (next && sent && sent.has(box.name) && sent.get(box.name) !== box.value) {
        next.value = box.value;
      }
    }
    const scroll = body.scrollTop;
    body.replaceChildren(...nextBody.childNodes);
    results.replaceChildren(...nextResults.childNodes);
    body.scrollTop = scroll;
    const clear = page.querySelector(".panel-foot a");
    if (clear) panel.querySelector(".panel-foot a").href = clear.getAttribute("href");
    document.title = page.title;
    dress();
    focusAgain(old);
    return true;
  }

  /** Fetches an address and shows it here; true once it stands. */
  async function go(address, { push = true } = {}) {
    running?.abort();
    const own = (running = new AbortController());
    const sent = new Map(boxes().map((box) => [box.name, box.value]));
    main.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal: own.signal, headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (own !== running) return false;
      const shown = new URL(answer.url);
      if (!put(page, sent)) {
        location.assign(shown.pathname === "/filter" ? "/" : answer.url);
        return false;
      }
      // What could not be understood has no address of its own.
      if (push && shown.pathname === "/" && answer.url !== location.href) {
        history.pushState(null, "", answer.url);
      }
      live.textContent = document.getElementById("count")?.textContent.trim() ?? "";
      return true;
    } catch (error) {
      if (error.name === "AbortError") return false;
      location.assign(address);
      return false;
    } finally {
      if (own === running) {
        running = null;
        main.removeAttribute("aria-busy");
      }
    }
  }

  /** The address that the form would be sent to. */
  function asked(button) {
    const sent = new URLSearchParams();
    for (const [name, value] of new FormData(panel, button)) if (value !== "") sent.append(name, value);
    return `/filter?${sent}`;
  }

  panel.addEventListener("change", (event) => {
    if (!event.target.closest(".add")) go(asked());
  });
  panel.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter === apply ? null : event.submitter;
    const done = await go(asked(button));
    const fault = panel.querySelector("[aria-invalid]");
    if (fault) fault.focus();
    else if (done && event.submitter === apply && isOpen()) {
      close();
      scrollTo(0, 0);
    }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".chips a, .trials a, .panel-foot a");
    const plain = !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0;
    if (link && main.contains(link) && plain) {
      event.preventDefault();
      go(link.href);
    }
  });
  // The page of a place in history; places on this page have nothing to fetch.
  let shown = location.pathname + location.search;
  addEventListener("popstate", () => {
    if (location.pathname + location.search !== shown) go(location.href, { push: false });
  });

  // ---- the sheet ----------------------------------------------------------------------------

  const isOpen = () => panel.classList.contains("open");
  function open() {
    panel.classList.add("open");
    for (const part of rest) if (part) part.inert = true;
    dress();
    panel.querySelector(".close-panel").focus({ preventScroll: true });
  }
  function close() {
    if (!isOpen()) return;
    panel.classList.remove("open");
    for (const part of rest) if (part) part.inert = false;
    dress();
    results.querySelector(".open-panel")?.focus({ preventScroll: true });
  }
  document.addEventListener("click", (event) => {
    if (!narrow.matches) return;
    if (event.target.closest?.(".open-panel")) {
      event.preventDefault();
      open();
    } else if (event.target.closest?.(".close-panel")) {
      // A sheet that the address has opened is closed by the address.
      if (!panel.matches(":target, :has(:target)")) event.preventDefault();
      close();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen() && !event.defaultPrevented) {
      if (panel.matches(":target, :has(:target)")) location.hash = "results";
      close();
    }
  });
  narrow.addEventListener("change", () => narrow.matches || close());

  // ---- names while somebody types -----------------------------------------------------------

  const side = { add: "in", leave: "not" };
  let lookup = null;
  let listed = null;

  /** Makes boxes for names into comboboxes (ARIA Authoring Practices, editable, list). */
  function dress() {
    shown = location.pathname + location.search;
    const count = results.querySelector("#count strong")?.textContent;
    apply.textContent = isOpen() && count ? `Show ${count}` : "Filter";
    for (const box of panel.querySelectorAll(".add input")) {
      box.setAttribute("role", "combobox");
      box.setAttribute("aria-autocomplete", "list");
      box.setAttribute("aria-expanded", "false");
    }
  }

  function fold() {
    lookup?.abort();
    lookup = null;
    if (!listed) return;
    const { box, list } = listed;
    list.remove();
    for (const name of ["aria-controls", "aria-activedescendant"]) box.removeAttribute(name);
    box.setAttribute("aria-expanded", "false");
    listed = null;
  }

  function unfold(box, names) {
    fold();
    if (names.length === 0) return;
    const list = document.createElement("ul");
    list.className = "options";
    list.id = `${box.id}-options`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.labels[0]?.textContent ?? "");
    names.forEach(({ name, uses }, at) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.name = name;
      const text = document.createElement("span");
      text.dir = "auto";
      text.textContent = name;
      const number = document.createElement("span");
      number.className = "n";
      number.textContent = Number(uses).toLocaleString("en");
      option.append(text, number);
      list.append(option);
    });
    box.after(list);
    box.setAttribute("aria-controls", list.id);
    box.setAttribute("aria-expanded", "true");
    listed = { box, list, at: -1 };
    list.scrollIntoView({ block: "nearest" });
  }

  function move(to) {
    const options = [...listed.list.children];
    listed.at = (to + options.length + 1) % (options.length + 1);
    if (listed.at === options.length) listed.at = -1;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === listed.at)));
    const now = options[listed.at];
    if (now) {
      listed.box.setAttribute("aria-activedescendant", now.id);
      now.scrollIntoView({ block: "nearest" });
    } else listed.box.removeAttribute("aria-activedescendant");
  }

  /** Adds a name to what is picked. */
  function pick(box, name) {
    const [word, kind] = box.name.split(/-(.*)/s);
    const chosen = document.createElement("input");
    chosen.type = "hidden";
    chosen.name = `${side[word]}-${kind}`;
    chosen.value = name;
    box.after(chosen);
    box.value = box.value.includes(",") ? box.value.replace(/,[^,]*$/, ",") : "";
    fold();
    go(asked());
  }

  async function offer(box) {
    const typed = box.value.split(",").pop().trim();
    fold();
    if (typed === "") return;
    const own = (lookup = new AbortController());
    const query = new URLSearchParams({ kind: box.closest(".add").dataset.kind, q: typed });
    if (!box.name.endsWith("-fandom")) {
      const fandoms = panel.querySelectorAll('input[name="in-fandom"]:checked');
      for (const fandom of fandoms) query.append("within", fandom.value);
    }
    try {
      await new Promise((done) => setTimeout(done, 120));
      if (own !== lookup) return;
      const answer = await fetch(`/tags/suggest?${query}`, { signal: own.signal });
      const names = answer.ok ? await answer.json() : [];
      if (own === lookup && document.activeElement === box) unfold(box, names.slice(0, 12));
    } catch {
      // Without an answer there is nothing to offer; the name can be written out.
    }
  }

  panel.addEventListener("input", (event) => {
    if (event.target.closest(".add")) offer(event.target);
  });
  panel.addEventListener("focusout", (event) => {
    if (listed && event.target === listed.box) fold();
  });
  panel.addEventListener("pointerdown", (event) => {
    if (event.target.closest(".options")) event.preventDefault();
  });
  panel.addEventListener("click", (event) => {
    const option = event.target.closest(".options li");
    if (option) pick(listed.box, option.dataset.name);
  });
  panel.addEventListener("keydown", (event) => {
    if (!listed || event.target !== listed.box) {
      const box = event.target.closest?.(".add input");
      if (box && event.key === "ArrowDown") offer(box);
      return;
    }
    const last = listed.list.children.length - 1;
    const keys = {
      ArrowDown: () => move(listed.at + 1),
      ArrowUp: () => move(listed.at === -1 ? last : listed.at - 1),
      Escape: fold,
      Enter: () => pick(listed.box, listed.list.children[listed.at].dataset.name),
    };
    if (event.key === "Enter" && listed.at === -1) return fold();
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  // ---- what comes in meanwhile --------------------------------------------------------------

  setInterval(async () => {
    if (!results.querySelector("[data-again]") || running || document.hidden) return;
    if (results.contains(document.activeElement)) return;
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok || running || results.contains(document.activeElement)) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById("results");
    if (next && !running) results.replaceChildren(...next.childNodes);
  }, 4000);

  dress();
  if (narrow.matches && panel.matches(":target, :has(:target)")) open();
})();
