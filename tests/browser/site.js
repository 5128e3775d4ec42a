// A running Fanfold over the example stories, and browser windows that keep a watch on it.
//
// Owns starting and stopping of server and Chromium, and the rules that hold on every page: no
// console error, nothing that the content security policy refuses, no request to another origin.
// It must not know what a page says; that is for the tests.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const ROOT = resolve(import.meta.dirname, "../..");
const PROGRAM = process.env.FANFOLD_BIN ?? join(ROOT, "target/release/fanfold");
const BROWSER = process.env.FANFOLD_CHROMIUM ?? "/usr/bin/chromium";
const STORIES = join(ROOT, "examples/stories");

/** How many files and how many works `examples/stories` holds. */
export const FILES = 18;
export const WORKS = 15;

/** The works whose titles stand in their files. The others are named by the program. */
export const TITLES = [
  "Dear Mina, the Castle Is Draughty",
  "Green Is a Patient Colour",
  "Maintenance Window",
  "Second Breakfast at Longbourn",
  "Sir Kay Does the Accounts",
  "The Cartographer’s Apprentice",
  "The Clockmaker’s Moon",
  "The Creature’s Library Card",
  "The Hound of 221C",
  "The Last Ferry",
  "The Lighthouse Letters",
  "What the Minotaur Kept",
];

/** Typewriter quotes, case and runs of blanks do not matter when texts are compared. */
export const plain = (text) =>
  text.replace(/[‘’]/g, "'").replace(/\s+/g, " ").trim().toLowerCase();

export const WINDOWS = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
};

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core"), "utf8");

/** What axe-core finds wrong on a page, one line for each element. */
export async function violations(page) {
  // Evaluated by the debugger, so the site's content security policy stays as it is.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ preload: false }));
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id} (${help}): ${node.target} ${node.failureSummary}`),
  );
}

/** How wide a page is, and the window. */
export const widths = (page) =>
  page.evaluate(() => {
    const root = document.documentElement;
    return [Math.max(root.scrollWidth, document.body.scrollWidth), root.clientWidth];
  });

export class Site {
  /**
   * Starts server and browser, and waits until the stories of a folder are in. `environment` holds
   * settings besides the usual ones.
   */
  static async open(stories = STORIES, count = WORKS, environment = {}) {
    const site = new Site();
    site.environment = environment;
    site.stories = stories;
    site.count = count;
    try {
      site.data = await mkdtemp(join(tmpdir(), "fanfold-browser-"));
      site.origin = await site.#serve();
      site.browser = await chromium.launch({
        executablePath: BROWSER,
        args: [
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
        ],
      });
      site.works = await site.#imported();
      return site;
    } catch (error) {
      await site.close();
      throw error;
    }
  }

  async close() {
    await this.browser?.close();
    if (this.server && this.server.exitCode === null) {
      const gone = new Promise((done) => this.server.once("exit", done));
      this.server.kill("SIGTERM");
      await gone;
    }
    if (this.data) await rm(this.data, { recursive: true, force: true });
  }

  #serve() {
    const options = ["serve", "--listen", "127.0.0.1:0", "--data", this.data, this.stories];
    const env = { ...process.env, ...this.environment };
    this.server = spawn(PROGRAM, options, { env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    return new Promise((found, failed) => {
      const give_up = (why) => failed(new Error(`${PROGRAM} serve ${why}; it said:\n${said}`));
      const timer = setTimeout(() => give_up("printed no address in 60 s"), 60_000);
      const listen = (chunk) => {
        said += chunk;
        const link = said.match(/(http:\/\/127\.0\.0\.1:\d+)\/sign-in\/[0-9a-f]{64}/);
        if (link) {
          clearTimeout(timer);
          this.link = link[0];
          found(link[1]);
        }
      };
      this.server.stdout.on("data", listen);
      // Read, so that it never blocks, and kept for the message; the address comes on stdout.
      this.server.stderr.on("data", (chunk) => (said += chunk));
      this.server.once("error", (error) => give_up(`did not start (${error.message})`));
      this.server.once("exit", (code) => give_up(`ended with ${code}`));
    });
  }

  /** Waits for the import, which runs while pages are served: title to path of every work. */
  async #imported() {
    const until = Date.now() + 60_000;
    for (;;) {
      const works = await this.listed("/?sort=title");
      if (works.size >= this.count) return works;
      const got = [...works.keys()].join("; ");
      assert.ok(Date.now() < until, `only ${works.size} of ${this.count} works after 60 s: ${got}`);
      await new Promise((done) => setTimeout(done, 250));
    }
  }

  /** The works of a list in its order, over all of its pages: title to path. */
  async listed(path) {
    const works = new Map();
    await this.visit(path, {}, async (page) => {
      for (;;) {
        const links = await page.locator("main a[href^='/works/']").all();
        for (const link of links) {
          const href = await link.getAttribute("href");
          const name = plain(await link.innerText());
          const known = [...works.values()].includes(href);
          if (/^\/works\/\d+$/.test(href) && name !== "" && !known) works.set(name, href);
        }
        const next = page.getByRole("link", { name: /^next/i });
        if ((await next.count()) === 0) return;
        await next.first().click();
      }
    });
    return works;
  }

  /** The path of a work by its title. */
  work(title) {
    const path = this.works.get(plain(title));
    assert.ok(path, `no work is called “${title}”: ${[...this.works.keys()].join("; ")}`);
    return path;
  }

  /** Opens `path` in a window of its own, hands it to `look`, then holds it to the rules. */
  async visit(path, options, look) {
    const { status = 200, ...window } = options;
    const context = await this.browser.newContext({
      ...WINDOWS.desktop,
      ...window,
      storageState: this.owner,
    });
    const page = await context.newPage();
    const faults = this.#watch(page);
    try {
      const answer = await page.goto(this.origin + path);
      assert.equal(answer.status(), status, `${path} answers ${status}`);
      const result = await look(page, answer);
      assert.deepEqual(faults, [], `${path} breaks a rule of every page`);
      return result;
    } finally {
      await context.close();
    }
  }

  /** Signs the owner in by the printed link: for this and every later window. */
  async signIn() {
    const context = await this.browser.newContext(WINDOWS.desktop);
    try {
      const page = await context.newPage();
      await page.goto(this.link);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.waitForURL(`${this.origin}/`);
      this.owner = await context.storageState();
    } finally {
      await context.close();
    }
  }

  #watch(page) {
    const faults = [];
    page.on("console", (message) => {
      // Chromium reports the status of a page that is meant to be missing as an error, too.
      const own = message.location().url === page.url();
      const expected = own && /status of 404/.test(message.text());
      if (["error", "warning"].includes(message.type()) && !expected) {
        faults.push(`console ${message.type()}: ${message.text()}`);
      }
    });
    page.on("pageerror", (error) => faults.push(`script error: ${error.message}`));
    page.on("requestfailed", (request) => {
      const download = request.failure()?.errorText === "net::ERR_ABORTED";
      if (!download) faults.push(`failed: ${request.url()} ${request.failure()?.errorText}`);
    });
    page.on("request", (request) => {
      const url = request.url();
      const inside = url.startsWith(`${this.origin}/`) || url.startsWith("data:");
      if (!inside) faults.push(`request to another origin: ${url}`);
    });
    return faults;
  }

  /** One page of every kind, by name. */
  pages() {
    const work = this.work("What the Minotaur Kept");
    return {
      library: "/",
      "library by words": "/?q=sort:words",
      "library filtered": "/?q=rating:%22Teen+And+Up+Audiences%22+-fandom:Tidewardens&more=fandom",
      "library with a mistake": "/?q=words:5000-100",
      "library with an unknown tag": "/?q=fandom:Nowhere+words:100-5k",
      "library with words": "/?q=geranium",
      "panel with a mistake": "/filter?words-from=abc&in-rating=Explicit&updated-from=soon",
      "how to ask": "/help/search",
      work,
      chapter: `${work}/chapters/2`,
      "entire work": `${work}/entire`,
      "work with pictures and a footnote": `${this.work("The Clockmaker's Moon")}/entire`,
      search: "/search?q=geranium",
      "search without a hit": "/search?q=zyzzyvaquux",
      "search without a question": "/search",
      "import report": "/import",
      "reading, of nobody": "/reading",
      tags: "/tags",
      "additional tags": "/tags?kind=freeform",
      "tags by letter": "/tags?letter=s",
    };
  }

  /** Keeps a picture of the page where FANFOLD_SCREENSHOTS names a folder. */
  async picture(page, name) {
    const folder = process.env.FANFOLD_SCREENSHOTS;
    if (!folder) return;
    await mkdir(folder, { recursive: true });
    const file = `${name.replace(/\W+/g, "-")}.png`;
    await page.screenshot({ path: join(folder, file), fullPage: true });
  }
}
