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
    const section = document.getElementById(code);
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

  function showBar(look, text, hint) {
    const state = document.querySelector("[data-bar-state]");
    if (state.textContent !== text) put(state, look, text);
    document.querySelector("[data-bar-hint]").replaceChildren(...[].concat(hint || ""));
  }

  function showSignIn(isNeeded) {
    document.querySelector("[data-sign-in]").hidden = !isNeeded;
  }

  /* What both agencies had signed is void from the first change on. */
  function showVoided() {
    const note = document.querySelector("[data-attested]");
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

  /* The hint of the bar, and links to the answers of other pages that wait there. */
  function withElsewhere(text, elsewhere) {
    if (!elsewhere.size) return text;
    const nodes = [`${text} ${words().elsewhere.replace("%s", "")}`];
    for (const [code, path] of elsewhere) {
      const link = document.createElement("a");
      link.href = `${path}#${code}`;
      link.textContent = code;
      nodes.push(" ", link);
    }
    return nodes;
  }

  function latestSave(form) {
    const moments = [...form.querySelectorAll("[data-save] time")].map((time) => new Date(time.dateTime));
    return moments.length ? new Date(Math.max(...moments)) : null;
  }

  window.cpch = Object.assign(window.cpch || {}, {
    status: { words, savedWords, showAnswer, showRail, showBar, showSignIn, showVoided, showFaults, withElsewhere, latestSave },
  });
})();
