/* What the page says about saving: at each answer, in the rail, in the bar at the foot. Decides nothing. */
"use strict";

(() => {
  const words = () => document.getElementById("answer-words").dataset;
  const ICONS = { saved: "i-tick", saving: "i-ring", failed: "i-bang" };
  const CLASSES = { saved: "save-ok", saving: "save-busy", failed: "save-failed" };

  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `#${name}`);
    svg.append(use);
    return svg;
  }

  function put(element, look, text) {
    element.className = `save ${CLASSES[look] || ""}`;
    element.replaceChildren(...(look ? [icon(ICONS[look])] : []), text);
  }

  function savedWords(moment) {
    return `${words().saved} ${window.cpch.times.inWords(moment)}`;
  }

  /* Each save is seen, not heard; what fails is said by the bar. */
  function showAnswer(code, look, text) {
    const section = window.cpch.entries.sectionOf(code);
    const state = section && section.querySelector("[data-save]");
    if (state) put(state, look, text);
  }

  function showRail(code, state) {
    const link = document.querySelector(`[data-link="${CSS.escape(code)}"]`);
    if (!link || link.dataset.state === state) return;
    link.dataset.state = state;
    link.querySelector("[data-label]").textContent = words()[state];
    const theme = link.closest("[data-theme]");
    const states = [...theme.querySelectorAll("[data-link]")].map((item) => item.dataset.state);
    const isDone = states.every((item) => ["answered", "not_applicable", "not_asked"].includes(item));
    theme.querySelector("[data-done]").hidden = !isDone;
  }

  /* In the comparison: a saved change is a proposal, so the tag must no longer say that the answer is agreed. */
  function showTag(code, state) {
    const tag = document.querySelector(`[data-tag="${CSS.escape(code)}"]`);
    if (!tag || !["proposed", "missing"].includes(state)) return;
    tag.className = `tag ${state === "proposed" ? "tag-progress" : "tag-idle"}`;
    tag.textContent = tag.dataset[state];
  }

  /* The bar at the bottom: what is not saved, why, and what happens next; if all is saved, since when. */
  function showSaving({ waiting, needy, isLost, retryAt, why, savedAt }) {
    const said = words();
    const kept = isLost ? said.notKept : said.kept;
    if (retryAt && waiting.length) {
      const text = waiting.length === 1 ? said.oneNotSaved : said.manyNotSaved;
      const next = said.nextTry.replace("%s", Math.max(0, Math.ceil((retryAt - Date.now()) / 1000)));
      const happened = document.getElementById("keeping").dataset[why] || "";
      showBar("failed", text.replace("%s", waiting.join(", ")), [happened, kept, next].filter(Boolean).join(" "));
    } else if (needy.length) showBar("failed", said.needs.replace("%s", needy.join(", ")), kept);
    else if (savedAt) showBar("saved", `${said.allSaved} ${window.cpch.times.inWords(savedAt)}`, "");
    else showBar("", "", isLost ? said.notKept : "");
  }

  function showBar(look, text, hint) {
    const state = document.querySelector("[data-bar-state]");
    if (!state) return;
    if (state.textContent !== text) put(state, look, text);
    const place = document.querySelector("[data-bar-hint]");
    if (place.textContent !== hint) place.textContent = hint;
  }

  function showSignIn(isNeeded) {
    const link = document.querySelector("[data-sign-in]");
    if (link) link.hidden = !isNeeded;
  }

  /* What both agencies had signed is void from the first change on. */
  function showVoided() {
    const note = document.querySelector("[data-attested]");
    if (!note) return;
    note.querySelector("[data-attested-stands]").hidden = true;
    note.querySelector("[data-attested-void]").hidden = false;
    note.hidden = false;
  }

  function showFaults(section, faults) {
    for (const place of section.querySelectorAll("[data-field]")) {
      const text = faults[place.dataset.field] || "";
      const message = place.querySelector(".error-text");
      if (!message) continue;
      message.textContent = text;
      message.hidden = !text;
      for (const field of place.querySelectorAll("textarea, input.form-control")) {
        field.classList.toggle("is-invalid", Boolean(text));
        if (text) field.setAttribute("aria-invalid", "true");
        else field.removeAttribute("aria-invalid");
      }
    }
  }

  function latestSave(root) {
    const moments = [...root.querySelectorAll("[data-save] time")].map((time) => new Date(time.dateTime));
    return moments.length ? new Date(Math.max(...moments)) : null;
  }

  window.cpch = Object.assign(window.cpch || {}, {
    status: { words, savedWords, showAnswer, showRail, showTag, showSaving, showSignIn, showVoided, showFaults, latestSave },
  });
})();
