// Begins: every form of class `editor` gets its editor. The whole is one file, static/editor.js.

import { Editor } from "./editor.js";

for (const form of document.querySelectorAll("form.editor[data-save]")) {
  // Reached from the form, for tests and for other scripts of the page.
  form.fanfoldEditor = new Editor(form);
}
