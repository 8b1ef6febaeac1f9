/* Sends one answer, and reads the reply. A reply counts only if it is the server's own JSON about this question:
   hotel networks, proxies and firewalls may reply with anything. The caller decides what to do with it. */
"use strict";

(() => {
  const PATIENCE = 20000;
  const KEEPALIVE_LIMIT = 60000;
  const BROKEN_OFF = Symbol("The connection ended within the reply.");

  const isText = (value) => typeof value === "string";
  const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const isMoment = (value) => value === null || (isText(value) && !Number.isNaN(Date.parse(value)));
  const isVersion = (value, sent) => Number.isSafeInteger(value) && value >= Math.max(0, sent.base);
  const isSection = (value, sent) => isText(value) && Boolean(sectionIn(value, sent.question));
  const isFollowing = (body) =>
    isText(body.state) && isRecord(body.asked) && Object.values(body.asked).every((asked) => typeof asked === "boolean");
  const isRefusal = (body) => isText(body.message);

  /* The members and the status of each kind of reply. */
  const KINDS = {
    saved: { status: [200], fits: isSaved },
    merged: { status: [200], fits: (body, sent) => isVersion(body.version, sent) && isSection(body.html, sent) && isFollowing(body) },
    conflict: { status: [409], fits: (body, sent) => isRefusal(body) && isSection(body.html, sent) },
    state: { status: [409], fits: isRefusal },
    faults: { status: [400, 422], fits: (body) => isRefusal(body) && isRecord(body.faults) && Object.values(body.faults).every(isText) },
    not_asked: { status: [422], fits: isRefusal },
    forbidden: { status: [403], fits: isRefusal },
    gone: { status: [404, 410], fits: isRefusal },
    too_large: { status: [413], fits: isRefusal },
    sign_in: { status: [401], fits: isRefusal },
    other_person: { status: [401], fits: isRefusal },
    token: { status: [403], fits: isRefusal },
  };

  function isSaved(body, sent) {
    if (!isVersion(body.version, sent) || !isMoment(body.saved_at ?? null) || !isFollowing(body)) return false;
    return body.html === undefined || isSection(body.html, sent);
  }

  /* The section of a question in the HTML of a reply. */
  function sectionIn(html, question) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content.querySelector(`[data-question="${CSS.escape(question)}"]`);
  }

  /* `sent`: `url`, `question`, `base` (the version it was typed on), `typed` (the fields as a query string),
     `pageKey`, and `extra` fields. Resolves to `kind`, `body`, and the seconds to `wait` that the server asks for.
     Further kinds, none of which says anything about the answer: unreachable, failing (5xx), busy (429, or a 503 that
     says so), foreign. */
  async function post(sent) {
    const fields = new URLSearchParams(sent.typed);
    fields.set(`${sent.question}-version`, sent.base);
    fields.set("page_key", sent.pageKey);
    for (const [name, value] of Object.entries(sent.extra || {})) fields.set(name, value);
    const text = fields.toString();
    let response = null;
    try {
      response = await fetch(sent.url, {
        method: "POST",
        body: text,
        headers: {
          "Accept": "application/json",
          "Content-Type": "application/x-www-form-urlencoded",
          "X-CSRFToken": token(),
        },
        credentials: "same-origin",
        redirect: "manual",
        keepalive: text.length < KEEPALIVE_LIMIT,
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch {
      return nothing("unreachable");
    }
    return read(response, sent);
  }

  const nothing = (kind, wait = 0) => ({ kind, body: {}, wait });

  async function read(response, sent) {
    const wait = Math.min(600, Math.max(0, Number(response.headers.get("Retry-After")) || 0));
    const body = await bodyOf(response);
    if (body === BROKEN_OFF) return nothing("unreachable", wait);
    const known = isRecord(body) && Object.hasOwn(KINDS, body.kind) ? KINDS[body.kind] : null;
    if (known && known.status.includes(response.status) && body.question === sent.question && known.fits(body, sent)) {
      return { kind: body.kind, body, wait };
    }
    if (response.status === 429 || isBusy(response, body)) return nothing("busy", wait);
    return nothing(response.status >= 500 ? "failing" : "foreign", wait);
  }

  /* The server's own word that it stored nothing (cpch/busy.py). */
  const isBusy = (response, body) => response.status === 503 && isRecord(body) && body.kind === "busy";

  async function bodyOf(response) {
    if (!/^application\/json\s*(;|$)/i.test(response.headers.get("Content-Type") || "")) return null;
    let text = "";
    try {
      text = await response.text();
    } catch {
      return BROKEN_OFF;
    }
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  /* Read each time: signing in again, perhaps in another tab, changes it. */
  function token() {
    const found = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]*)/);
    const field = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (found) return found[1];
    return field ? field.value : "";
  }

  window.cpch = Object.assign(window.cpch || {}, { reply: { post, sectionIn } });
})();
