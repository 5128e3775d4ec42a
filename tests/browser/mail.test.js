// The ways of mail in a real browser: an address that is confirmed, and a password that was
// forgotten; on a desktop and on a phone, with a script and without.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { Site, WINDOWS, WORKS, violations, widths } from "./site.js";

const letters = [];

/** As much of a mail server as letters need. */
const server = createServer((socket) => {
  let said = "";
  let reading = false;
  socket.write("220 mail.example\r\n");
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    said += chunk;
    for (;;) {
      const end = said.indexOf(reading ? "\r\n.\r\n" : "\r\n");
      if (end < 0) return;
      const part = said.slice(0, end);
      said = said.slice(end + (reading ? 5 : 2));
      if (reading) letters.push(part.replaceAll("=\r\n", ""));
      reading = !reading && part === "DATA";
      socket.write(reading ? "354 go on\r\n" : "250 fine\r\n");
      if (part === "QUIT") socket.end();
    }
  });
});

let site;
before(async () => {
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  site = await Site.open(undefined, WORKS, {
    FANFOLD_SMTP: `smtp://127.0.0.1:${server.address().port}`,
    FANFOLD_MAIL_FROM: "archive@stories.example",
  });
  await site.signIn();
});
after(async () => {
  await site?.close();
  server.close();
});

/** The path in the letter of this number, once it came. */
async function link(number) {
  const until = Date.now() + 20_000;
  while (letters.length <= number) {
    assert.ok(Date.now() < until, `letter ${number} did not come`);
    await new Promise((done) => setTimeout(done, 50));
  }
  const path = letters[number].match(/\/(address|sign-in)\/[0-9a-f]{64}/);
  assert.ok(path, letters[number]);
  return path[0];
}

/** Holds a page to what is held of all. */
async function fits(page, name) {
  assert.deepEqual(await violations(page), []);
  const [wide, room] = await widths(page);
  assert.ok(wide <= room, `${name}: ${wide} in ${room}`);
  await site.picture(page, name);
}

for (const [way, window] of Object.entries({
  desktop: WINDOWS.desktop,
  "phone, dark": { ...WINDOWS.phone, colorScheme: "dark" },
})) {
  test(`an address is confirmed, and a forgotten password replaced, ${way}`, async () => {
    const begun = letters.length;
    const address = `owner-${begun}@host.example`;
    await site.visit("/you", window, async (page) => {
      const email = page.getByRole("heading", { name: "E-mail" }).locator("..");
      await email.getByLabel(/address/).first().fill(address);
      const password = email.getByLabel("Your password").first();
      if (await password.count()) await password.fill("tide lamp kettle");
      await email.getByRole("button", { name: "Send a letter there" }).click();
      await page.getByText(`A letter is on its way to ${address}`).waitFor();
      await fits(page, `address waits ${way}`);
      await page.goto(site.origin + (await link(begun)));
      await fits(page, `is this your address ${way}`);
      await page.getByRole("button", { name: "Yes, that is mine" }).click();
      await page.getByText(`Letters go to ${address}`).waitFor();
      await fits(page, `address kept ${way}`);
    });
    if (begun > 0) return;
    const owner = site.owner;
    site.owner = undefined;
    await site.visit("/you", { ...window, javaScriptEnabled: false }, async (page) => {
      await page.getByRole("link", { name: "Forgot your password?" }).click();
      await page.getByLabel("Your name here").fill(address);
      await page.getByRole("button", { name: "Send me a link" }).click();
      await page.getByText("a link is on its way there").waitFor();
      await page.goto(site.origin + (await link(begun + 1)));
      await page.getByLabel("New password").fill("tide lamp kettle");
      await page.getByLabel("The same once more").fill("tide lamp kettle");
      await page.getByRole("button", { name: "Keep it" }).click();
      await page.getByLabel("Name").fill("owner");
      await page.getByLabel("Password", { exact: true }).fill("tide lamp kettle");
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await page.getByRole("heading", { name: "E-mail" }).waitFor();
      site.owner = await page.context().storageState();
    });
    assert.notEqual(site.owner, owner);
    await site.visit("/forgot", window, (page) => fits(page, `forgot ${way}`));
  });
}
