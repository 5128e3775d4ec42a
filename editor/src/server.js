// What is asked of the server: saving, converting, proofreading.
//
// Owns the requests and their time limits. A server that cannot be reached, or that answers with
// anything unforeseen, is Away: then what is typed stays in this browser.

/** The server does not answer, or not as agreed. */
export class Away extends Error {}

/** Half a character, which no other program reads as text, is sent as the sign for what is unknown. */
const whole = (_, value) =>
  (typeof value === "string" ? value.replace(/\p{Surrogate}/gu, "\ufffd") : value);

/** Sends JSON; gives the status and the answer, or throws Away. */
export async function post(url, body, { seconds = 20, keepalive = false } = {}) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      credentials: "same-origin",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body, whole),
      redirect: "error",
      keepalive,
      signal: AbortSignal.timeout(seconds * 1000),
    });
  } catch (error) {
    throw new Away(String(error?.message ?? error));
  }
  if (response.status === 403 || response.status === 401) return { status: 403, answer: {} };
  if (![200, 409, 422].includes(response.status)) throw new Away(`status ${response.status}`);
  try {
    const answer = await response.json();
    if (answer === null || typeof answer !== "object") throw new Away("no object");
    return { status: response.status, answer };
  } catch (error) {
    throw new Away(String(error?.message ?? error));
  }
}

/** Turns a text of one form into the other: { text, warnings }. */
export async function convert(url, from, to, text) {
  const { status, answer } = await post(url, { from, to, text }, { seconds: 10 });
  if (status !== 200 || typeof answer.text !== "string") throw new Away(`status ${status}`);
  return { text: answer.text, warnings: Array.isArray(answer.warnings) ? answer.warnings : [] };
}
