// A server of the editor's contract, small enough to see through: one chapter, in memory.
//
// Owns the page with the form, and the answers of saving, converting and proofreading; a test turns
// it off, makes it slow, or lets somebody else save. Its reader of HTML is not the program's: it
// leaves out what runs and keeps paragraphs and emphasis, which is enough to see who was asked.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'; " +
  "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const FILES = {
  "/static/site.css": "text/css", "/static/editor.css": "text/css", "/static/editor.js": "text/javascript",
};

const escape = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

export class MockServer {
  static async open() {
    const server = new MockServer();
    server.http = createServer((request, response) =>
      server.#answer(request, response).catch((error) => response.writeHead(500).end(String(error))));
    await new Promise((done) => server.http.listen(0, "127.0.0.1", done));
    server.origin = `http://127.0.0.1:${server.http.address().port}`;
    server.reset();
    return server;
  }

  close() {
    this.http.closeAllConnections();
    return new Promise((done) => this.http.close(done));
  }

  /** The chapter as it was at first, and a server that behaves. */
  reset(text = "<p>The lamp was lit.</p>") {
    this.fields = { title: { plain: "Lamp" }, text: { html: text }, summary: { html: "" },
      notes_before: { html: "" }, notes_after: { html: "" } };
    // Another each time: a page of the test before cannot save into this one.
    this.head = `h${(this.times = (this.times ?? 0) + 1)}-1`;
    this.saves = [];
    this.converted = [];
    this.proofed = [];
    this.silenced = [];
    this.published = null;
    this.away = false;
    this.status = null;
    this.delay = 0;
    this.marks = () => [];
  }

  /** Another device saves. */
  other(html) {
    this.fields.text = { html };
    this.head = `other${this.saves.length}`;
  }

  async #answer(request, response) {
    const { pathname } = new URL(request.url, this.origin);
    response.setHeader("content-security-policy", POLICY);
    if (pathname in FILES) {
      response.setHeader("content-type", `${FILES[pathname]}; charset=utf-8`);
      return response.end(await readFile(ROOT + pathname));
    }
    if (request.method === "GET") {
      response.setHeader("content-type", "text/html; charset=utf-8");
      return response.end(["/edit", "/notes"].includes(pathname) ? this.#page(pathname === "/edit") : "<title>blank</title><p>blank</p>");
    }
    let body = "";
    for await (const chunk of request) body += chunk;
    if (this.away) return request.socket.destroy();
    if (this.delay) await new Promise((done) => setTimeout(done, this.delay));
    const [status, answer] = this.#post(pathname, body);
    response.setHeader("content-type", "application/json");
    return response.writeHead(status).end(JSON.stringify(answer));
  }

  #post(path, body) {
    if (path === "/publish") {
      this.published = body;
      return [200, {}];
    }
    const sent = JSON.parse(body);
    if (path === "/write/convert") {
      this.converted.push(sent);
      return [200, { text: convert(sent), warnings: [] }];
    }
    if (path === "/write/proof") {
      this.proofed.push(sent.paragraphs);
      return [200, { marks: sent.paragraphs.flatMap((text, at) => this.marks(text, at)) }];
    }
    if (path === "/write/proof/silence") {
      this.silenced.push(sent.rule);
      return [200, {}];
    }
    return path === "/save" ? this.#save(sent) : [404, {}];
  }

  #save(sent) {
    if (this.status) return this.status;
    if (sent.head !== this.head) {
      return [409, { head: this.head, yours: sent.fields, theirs: this.fields, compare: "/compare" }];
    }
    this.fields = { ...this.fields, ...sent.fields };
    this.saves.push(sent);
    this.head = `h${this.times}-${this.saves.length + 1}`;
    return [200, { head: this.head, saved_at: "14:02", words: { chapter: 4, work: 104 } }];
  }

  /** The form of a chapter, or one without a text. */
  #page(whole) {
    const box = (name, label) =>
      `<p><label for="${name}">${label} <span>Markdown</span></label><br><textarea id="${name}" name="${name}" rows="3"` +
      ` data-rich="${name === "text" ? "text" : "note"}" dir="auto"></textarea></p>` +
      `<template data-html-of="${name}">${this.fields[name].html}</template>`;
    return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Edit · Fanfold</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/site.css"><link rel="stylesheet" href="/static/editor.css">
<script src="/static/editor.js" defer></script></head><body>
<header class="top"><div class="top-row"><a class="brand" href="/">Fanfold</a></div></header>
<main id="content"><h1>Edit</h1>
<form method="post" class="editor" action="/save" data-save="/save" data-convert="/write/convert"
 data-proof="/write/proof" data-head="${this.head}" data-sitting="s${Math.random()}" data-lang="en">
<p><label for="title">Title</label> <input id="title" name="title" value="${escape(this.fields.title.plain)}"></p>
${box("summary", "Summary")}${box("notes_before", "Notes before")}
${whole ? box("text", "Text") : ""}${box("notes_after", "Notes after")}
<p><button>Save</button> <button formaction="/publish">Publish</button></p>
</form></main><footer class="foot"><p>Foot</p></footer></body></html>`;
  }
}

/** Enough of a reader and a writer to tell that they were asked. */
function convert({ from, to, text }) {
  if (from === to || (from === "html" && to === "html")) {
    const safe = text.replace(/<(script|style|title)\b[^]*?<\/\1\s*>/gi, "")
      .replace(/<!--[^]*?-->/g, "").replace(/<(\/?)(p|b|em|i|strong)\b[^>]*>/gi, "\u0001$1$2\u0002")
      .replace(/<[^>]*>?/g, "").replace(/</g, "&lt;").replace(/\u0001/g, "<").replace(/\u0002/g, ">").trim();
    return /^<p/i.test(safe) ? safe : `<p>${safe}</p>`;
  }
  if (to === "markdown") {
    return text.replace(/<\/?(em|i)>/g, "*").replace(/<\/?(strong|b)>/g, "**")
      .replace(/<\/p>/g, "\n\n").replace(/<[^>]*>/g, "").trim();
  }
  const inline = (line) => escape(line).replace(/\*\*(.+?)\*\*/g, "<strong>$1</strong>").replace(/\*(.+?)\*/g, "<em>$1</em>");
  return text.split(/\n{2,}/).filter(Boolean).map((line) => `<p>${inline(line)}</p>`).join("");
}
