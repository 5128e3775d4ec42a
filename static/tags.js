// Putting tags in order with the keyboard, and names that come up while one is typed. Every page
// does the same without this script; it only saves turns.

const main = document.getElementById("content");

// ---- look-alikes ------------------------------------------------------------------------------

const rows = () => [...main.querySelectorAll("[data-pair]")];

/** Makes the rows stops of the keyboard, and shows which keys there are. */
const prepare = () => {
  for (const row of rows()) row.tabIndex = 0;
  const keys = main.querySelector(".keys");
  if (keys) keys.hidden = false;
};

/** Sends a form and puts the page that comes back in the place of this one. */
const send = async (form) => {
  const list = rows();
  const at = Math.max(0, list.indexOf(form.closest("[data-pair]")));
  main.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("content");
    if (!fresh) throw new Error("no page came back");
    main.replaceChildren(...fresh.childNodes);
  } catch {
    // As if there were no script.
    form.submit();
    return;
  } finally {
    main.removeAttribute("aria-busy");
  }
  prepare();
  const left = rows();
  const next = left[Math.min(at, left.length - 1)] ?? main;
  next.focus();
};

main.addEventListener("submit", (event) => {
  if (!main.querySelector("[data-pair]")) return;
  event.preventDefault();
  send(event.target);
});

main.addEventListener("keydown", (event) => {
  const row = event.target.closest("[data-pair]");
  if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
  const list = rows();
  const go = (to) => {
    event.preventDefault();
    list[to]?.focus();
  };
  const at = list.indexOf(row);
  const key = event.key === "Enter" && event.target === row ? "a" : event.key;
  if (key === "ArrowDown" || key === "j") go(at + 1);
  else if (key === "ArrowUp" || key === "k") go(at - 1);
  else if (key === "a" || key === "t") {
    event.preventDefault();
    if (!event.repeat) row.querySelector(`form[data-key="${key}"]`)?.requestSubmit();
  } else if (key === "u" && !event.repeat) main.querySelector(".notice form")?.requestSubmit();
});

prepare();

// ---- names while they are typed ---------------------------------------------------------------

for (const input of document.querySelectorAll("[data-suggest]")) {
  const names = document.createElement("datalist");
  names.id = `${input.id}-names`;
  input.after(names);
  input.setAttribute("list", names.id);
  let asked;
  input.addEventListener("input", async () => {
    asked?.abort();
    asked = new AbortController();
    const query = new URLSearchParams({ kind: input.dataset.suggest, q: input.value });
    try {
      const answer = await fetch(`/tags/suggest?${query}`, { signal: asked.signal });
      const found = await answer.json();
      names.replaceChildren(...found.map(({ name }) => new Option(name, name)));
    } catch {
      // Another letter came, or the site is gone: the names stay as they are.
    }
  });
}
