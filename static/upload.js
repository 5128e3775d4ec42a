// Sends files one after the other, each with its own progress and answer. Files and whole folders
// can be dropped on the page. Without this, the form sends them all at once.
"use strict";

(() => {
  const form = document.querySelector("[data-upload]");
  if (!form) return;
  const section = document.querySelector("[data-taken]");
  const list = section.querySelector("ul");
  const drop = form.querySelector("[data-drop]");
  const input = form.querySelector("input[type=file]");
  const queue = [];
  let busy = false;

  function line(name) {
    const item = document.createElement("li");
    const label = document.createElement("span");
    label.dir = "auto";
    label.textContent = name;
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", name);
    bar.max = 1;
    bar.value = 0;
    item.append(label, " ", bar);
    section.hidden = false;
    list.append(item);
    return { item, bar };
  }

  function told(item, rows) {
    for (const row of rows) {
      const answer = document.createElement("li");
      const main = document.createElement(row.href ? "a" : "span");
      if (row.href) main.href = row.href;
      main.dir = "auto";
      main.textContent = row.href ? row.title : row.name;
      const more = document.createElement("span");
      more.className = row.href ? "soft small" : "small";
      more.textContent = row.href ? row.name : row.why;
      answer.append(main, " ", more);
      item.before(answer);
    }
    item.remove();
  }

  function send(file) {
    const { item, bar } = line(file.name);
    return new Promise((done) => {
      const failed = (why) => {
        told(item, [{ name: file.name, why }]);
        done();
      };
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) bar.value = event.loaded / event.total;
        // Sent, and being read: how long that takes nobody knows.
        if (event.loaded === event.total) bar.removeAttribute("value");
      });
      request.addEventListener("load", () => {
        if (request.status !== 200) return failed(`was not taken (${request.status})`);
        try {
          told(item, JSON.parse(request.responseText));
          done();
        } catch {
          failed("got an answer that makes no sense");
        }
      });
      request.addEventListener("error", () => failed("could not be sent: the library was not reached"));
      const body = new FormData();
      body.append("file", file, file.name);
      request.send(body);
    });
  }

  async function work() {
    if (busy) return;
    busy = true;
    while (queue.length > 0) await send(queue.shift());
    busy = false;
  }

  function add(files) {
    queue.push(...files);
    work();
  }

  /** All files of what was dropped, folders opened. */
  async function dropped(entries) {
    const files = [];
    const open = async (entry) => {
      if (entry.isFile) {
        files.push(await new Promise((found, lost) => entry.file(found, lost)));
      } else if (entry.isDirectory) {
        const reader = entry.createReader();
        for (;;) {
          const some = await new Promise((found, lost) => reader.readEntries(found, lost));
          if (some.length === 0) break;
          for (const each of some) await open(each);
        }
      }
    };
    for (const entry of entries) await open(entry).catch(() => {});
    return files.filter((file) => !file.name.startsWith("."));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    add([...input.files]);
    input.value = "";
  });
  drop.hidden = false;
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("over");
  });
  document.addEventListener("drop", async (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    drop.classList.remove("over");
    // Taken at once: the list is empty after the first wait.
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry());
    add(await dropped(entries.filter(Boolean)));
  });
})();
