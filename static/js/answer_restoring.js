/* What becomes of the drafts that were left behind, by a window that closed or on another page. */
"use strict";

(() => {
  const { post } = window.cpch;

  /* The latest draft of each question goes to `putBack` where this page has its fields, and is sent at once where it
     has not; an older one waits for the next visit. What could not be sent is set in `elsewhere`, code to path. */
  async function restore(drafts, putBack, elsewhere) {
    const seen = new Set();
    for (const draft of drafts.orphans()) {
      if (seen.has(draft.code)) continue;
      seen.add(draft.code);
      const section = document.getElementById(draft.code);
      if (section && section.matches("[data-open]")) putBack(section, draft);
      else if (!section && !(await send(draft, drafts))) elsewhere.set(draft.code, draft.path);
    }
  }

  /* Whether it is saved. What was sent without an answer coming back goes first, word for word. */
  async function send(draft, drafts) {
    const unsure = draft.unsure && draft.unsure.typed !== draft.typed ? draft.unsure : null;
    let base = draft.base;
    if (unsure) {
      const first = await post(draft.code, unsure.typed, unsure.base, { typed_at: draft.typedAt || "" });
      if (first.status === 200) base = String(first.body.version);
    }
    const reply = await post(draft.code, draft.typed, base, { typed_at: draft.typedAt || "" });
    if (reply.status === 200) drafts.forget([draft]);
    return reply.status === 200;
  }

  window.cpch = Object.assign(window.cpch || {}, { restore });
})();
