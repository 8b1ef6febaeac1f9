/* Sends one answer and says what came back; what to do about it is answer_saving.js. */
"use strict";

(() => {
  const form = document.querySelector("form[data-answers]");
  const words = () => document.getElementById("answer-words").dataset;
  const PATIENCE = 20000;
  const KEEPALIVE_LIMIT = 60000;

  /* Resolves to `status`, 0 where nothing came back, the JSON of `body`, and how many seconds the server asks to `wait`. */
  async function post(code, typed, base, extra) {
    const body = new URLSearchParams(typed);
    body.set(`${code}-version`, base);
    body.set("page_key", form.elements.page_key.value);
    for (const [name, value] of Object.entries(extra)) body.set(name, value);
    const text = body.toString();
    try {
      const response = await fetch(words().saveUrl.replace("CODE", encodeURIComponent(code)), {
        method: "POST",
        body: text,
        headers: {
          "Accept": "application/json",
          "Content-Type": "application/x-www-form-urlencoded",
          "X-CSRFToken": token(),
        },
        credentials: "same-origin",
        redirect: "error",
        keepalive: text.length < KEEPALIVE_LIMIT,
        signal: AbortSignal.timeout(PATIENCE),
      });
      const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
      const wait = Number(response.headers.get("Retry-After")) || 0;
      return { status: response.status, body: isJson ? await response.json() : {}, wait };
    } catch {
      return { status: 0, body: {}, wait: 0 };
    }
  }

  /* Read anew each time: signing in again, perhaps in another tab, changes it. */
  function token() {
    const found = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]*)/);
    return found ? decodeURIComponent(found[1]) : form.elements.csrfmiddlewaretoken.value;
  }

  window.cpch = Object.assign(window.cpch || {}, { post });
})();
