// Passkeys in a real browser, with the virtual authenticator of the DevTools protocol: added, used,
// renamed, removed; and where they cannot be.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Site, WINDOWS, violations, widths } from "./site.js";

let site;
let numbers; // the origin with the address in numbers, where browsers know no passkeys
before(async () => {
  site = await Site.open();
  numbers = site.origin;
  site.origin = site.origin.replace("127.0.0.1", "localhost");
  site.link = site.link.replace("127.0.0.1", "localhost");
  await site.signIn();
});
after(() => site?.close());

const main = (page) => page.locator("main").innerText();

/** Gives a page an authenticator, and a way to talk to it. */
async function authenticator(page, verified = true) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: verified,
      automaticPresenceSimulation: true,
    },
  });
  const send = (name, more) => session.send(`WebAuthn.${name}`, { authenticatorId, ...more });
  return { send, keys: async () => (await send("getCredentials")).credentials };
}

async function add(page, name) {
  await page.goto(`${site.origin}/you`);
  await page.getByPlaceholder("My telephone").fill(name);
  await page.getByRole("button", { name: "Add a passkey" }).click();
}

async function press(page, name) {
  await page.getByRole("button", { name, exact: true }).first().click();
}

for (const [way, window] of Object.entries({
  ...WINDOWS,
  dark: { ...WINDOWS.phone, colorScheme: "dark" },
})) {
  test(`one's own page with passkeys is for everybody, ${way}`, async () => {
    await site.visit("/you", window, async (page) => {
      await page.getByRole("button", { name: "Add a passkey" }).waitFor();
      assert.deepEqual(await violations(page), []);
      const [wide, room] = await widths(page);
      assert.ok(wide <= room, `${wide} in ${room}`);
    });
  });
}

test("without a script nobody is asked to add one", async () => {
  await site.visit("/you", { javaScriptEnabled: false }, async (page) => {
    assert.match(await main(page), /To add one, let this site run its script/);
    assert.equal(await page.getByRole("button", { name: "Add a passkey" }).count(), 0);
  });
});

test("at an address of numbers one's own page says where passkeys are", async () => {
  const context = await site.browser.newContext(WINDOWS.desktop);
  try {
    const { name, value } = site.owner.cookies.find((cookie) => cookie.name === "fanfold");
    await context.addCookies([{ name, value, url: numbers }]);
    const page = await context.newPage();
    await page.goto(`${numbers}/you`);
    await page.getByText("Browsers know passkeys by the name of the site").waitFor();
    assert.equal(await page.getByRole("button", { name: "Add a passkey" }).count(), 0);
    await page.getByRole("link", { name: site.origin }).click();
    assert.equal(page.url(), `${site.origin}/you`);
  } finally {
    await context.close();
  }
});

test("a passkey is added, signs in without a name, and is removed", async () => {
  // A window of its own: that a removed passkey is refused shows in the console, too.
  const context = await site.browser.newContext({ ...WINDOWS.desktop, storageState: site.owner });
  try {
    const page = await context.newPage();
    const device = await authenticator(page);
    await add(page, "The test's own");
    await page.waitForURL(/done=passkey/);
    assert.match(await main(page), /The test's own\s+added .*, not used yet/);
    const [key] = await device.keys();
    assert.equal(key.rpId, "localhost");
    assert.equal(key.isResidentCredential, true);
    // The same device is not asked twice.
    await add(page, "Another");
    await page.getByText("This device has a passkey for you already.").waitFor();
    assert.equal((await device.keys()).length, 1);

    const enter = async () => {
      await page.goto(`${site.origin}/you`);
      await press(page, "Sign in with a passkey");
    };
    for (const uses of [1, 2]) {
      await page.goto(`${site.origin}/you`);
      await press(page, "Sign out");
      await page.waitForURL(`${site.origin}/`);
      await enter();
      await page.getByRole("button", { name: "Sign out", exact: true }).waitFor();
      assert.match(await main(page), /last used/, `use ${uses}`);
    }
    assert.ok((await device.keys())[0].signCount >= key.signCount);

    await page.getByText("Rename").click();
    const form = page.locator("details[open] form");
    await form.getByLabel("What you call it").fill("My desk");
    await form.getByRole("button").click();
    await page.waitForURL(/done=passkey-name/);
    assert.match(await main(page), /My desk\s+added/);
    await page.getByRole("button", { name: /^Remove/ }).click();
    await page.waitForURL(/done=no-passkey/);
    assert.doesNotMatch(await main(page), /The test's own|My desk/);
    await press(page, "Sign out");
    await page.waitForURL(`${site.origin}/`);
    await enter();
    const said = page.getByText("This passkey does not sign in here. Nobody was signed in.");
    await said.waitFor();
    await site.picture(page, "passkey refused");
  } finally {
    await context.close();
    // The window signed out the session that the others use.
    site.owner = undefined;
  }
});

test("a device that does not make sure who is there is not enough", async () => {
  await site.visit("/you", {}, async (page) => {
    await authenticator(page, false);
    await press(page, "Sign in with a passkey");
    await page.getByText("Nothing was done. Try again when you like.").waitFor();
    assert.match(page.url(), /\/you$/);
    assert.deepEqual(await violations(page), []);
  });
});

for (const [way, window] of Object.entries({
  ...WINDOWS,
  dark: { ...WINDOWS.phone, colorScheme: "dark" },
})) {
  test(`the sign-in page with passkeys is for everybody, ${way}`, async () => {
    await site.visit("/you", window, async (page) => {
      await page.getByRole("button", { name: "Sign in with a passkey" }).waitFor();
      assert.deepEqual(await violations(page), []);
      const [wide, room] = await widths(page);
      assert.ok(wide <= room, `${wide} in ${room}`);
      await site.picture(page, `sign in with passkey ${way}`);
    });
  });
}

test("without a script the password form stands alone", async () => {
  await site.visit("/you", { javaScriptEnabled: false }, async (page) => {
    assert.ok(await page.getByLabel("Password").isVisible());
    assert.equal(await page.getByRole("button", { name: /passkey/ }).count(), 0);
  });
});

test("at an address of numbers passkeys are not offered", async () => {
  const page = await site.browser.newPage();
  try {
    await page.goto(`${numbers}/you`);
    assert.ok(await page.getByLabel("Password").isVisible());
    assert.equal(await page.getByRole("button", { name: /passkey/ }).count(), 0);
  } finally {
    await page.close();
  }
});
