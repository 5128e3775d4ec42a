// Asks the browser for a passkey, to sign in or to add one. Without this, names and passwords sign
// in as before.
"use strict";

(() => {
  const place = document.querySelector("[data-passkeys]");
  if (!place) return;
  const shown = (name) => document.querySelector(`[data-${name}]`)?.removeAttribute("hidden");
  const able =
    window.PublicKeyCredential &&
    window.AuthenticatorAttestationResponse?.prototype.getAuthenticatorData;
  if (location.origin !== place.dataset.origin) {
    // Only on this machine is “localhost” the same library; elsewhere it is somebody else's machine.
    const here = ["127.0.0.1", "[::1]", "localhost"].includes(location.hostname);
    const local = new URL(place.dataset.origin).hostname === "localhost";
    return shown(local && !here ? "cannot" : "elsewhere");
  }
  if (!able) return shown("unable");
  place.hidden = false;

  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const text = (buffer) => {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };

  const said = place.querySelector("[data-said]");
  function say(words) {
    said.textContent = words;
    said.hidden = !words;
  }

  /** Why the site or the browser said no, in words for whoever sits there. */
  class Why extends Error {}

  async function told(answer) {
    if (answer.ok) return answer.json();
    if (answer.status === 429) throw new Why("That was too often. Wait a little and try again.");
    const why = await answer.json().then(({ why }) => why, () => "");
    throw new Why(why || "That did not work. Load this page again and try once more.");
  }

  const send = (path, fields) =>
    fetch(path, { method: "POST", body: new URLSearchParams(fields) }).then(told);

  /** Runs what a person asked for, one at a time. */
  async function run(button, work) {
    say("");
    button.disabled = true;
    try {
      const { go } = await work();
      location.assign(go);
    } catch (error) {
      button.disabled = false;
      if (error instanceof Why) return say(error.message);
      // Whoever closes the browser's window changed their mind, or waited too long.
      if (error.name === "NotAllowedError") return say("Nothing was done. Try again when you like.");
      if (error.name === "InvalidStateError") return say("This device has a passkey for you already.");
      say("That did not work: the browser or the library did not answer. Try again.");
    }
  }

  async function signIn() {
    const { challenge, rpId, timeout } = await fetch("/sign-in/passkey").then(told);
    const publicKey = { challenge: bytes(challenge), rpId, timeout, userVerification: "required" };
    const { rawId, response } = await navigator.credentials.get({ publicKey });
    return send("/sign-in/passkey", {
      id: text(rawId),
      user: response.userHandle ? text(response.userHandle) : "",
      client: text(response.clientDataJSON),
      authenticator: text(response.authenticatorData),
      signature: text(response.signature),
    });
  }

  async function add(name, old) {
    const asked = await send("/you/passkeys", { act: "begin", old });
    const { rp, user, timeout } = asked;
    const publicKey = {
      challenge: bytes(asked.challenge),
      rp,
      user: { ...user, id: bytes(user.id) },
      timeout,
      pubKeyCredParams: asked.algorithms.map((alg) => ({ type: "public-key", alg })),
      excludeCredentials: asked.known.map((id) => ({ type: "public-key", id: bytes(id) })),
      authenticatorSelection: {
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
      attestation: "none",
    };
    const { response } = await navigator.credentials.create({ publicKey });
    return send("/you/passkeys", {
      act: "add",
      name,
      client: text(response.clientDataJSON),
      authenticator: text(response.getAuthenticatorData()),
    });
  }

  place.querySelector("[data-use]")?.addEventListener("click", (event) => {
    run(event.currentTarget, signIn);
  });
  if (place instanceof HTMLFormElement) {
    place.addEventListener("submit", (event) => {
      event.preventDefault();
      const old = place.elements.namedItem("old")?.value ?? "";
      run(place.querySelector("button"), () => add(place.elements.namedItem("name").value, old));
    });
  }
})();
