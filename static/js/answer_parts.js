/* The parts of an answer as the page shows them: reading and filling the fields, rows of evidence, follow-ups that
   appear as their parent changes, taking a choice back, last period's text. Saves nothing. */
"use strict";

(() => {
  const EMPTY_ROW = /-evidence_(title|reference)$/;

  /* The fields of the answer itself, without tokens and other hidden fields of the form. */
  function controls(section) {
    const prefix = `${section.dataset.question}-`;
    return [...section.querySelectorAll("input, textarea")].filter((control) => control.name.startsWith(prefix) && !control.disabled);
  }

  function isSent(control) {
    return !["radio", "checkbox"].includes(control.type) || control.checked;
  }

  function versionField(section) {
    return section.querySelector(`input[name="${CSS.escape(section.dataset.question)}-version"]`);
  }

  /* The answer as the form would send it, without its version, so that two answers can be compared. */
  function read(section) {
    const fields = new URLSearchParams();
    const rows = [[], []];
    for (const control of controls(section)) {
      if (control === versionField(section) || !isSent(control)) continue;
      const part = control.name.match(EMPTY_ROW);
      if (part) rows[part[1] === "title" ? 0 : 1].push(control.value);
      else fields.append(control.name, control.value);
    }
    rows[0].forEach((title, place) => {
      if (!title.trim() && !rows[1][place].trim()) return;
      fields.append(`${section.dataset.question}-evidence_title`, title);
      fields.append(`${section.dataset.question}-evidence_reference`, rows[1][place]);
    });
    return fields.toString();
  }

  function fill(section, text) {
    const fields = new URLSearchParams(text);
    const code = section.dataset.question;
    for (const control of controls(section)) {
      if (control === versionField(section) || EMPTY_ROW.test(control.name)) continue;
      if (["radio", "checkbox"].includes(control.type)) control.checked = fields.getAll(control.name).includes(control.value);
      else control.value = fields.get(control.name) || "";
    }
    const titles = fields.getAll(`${code}-evidence_title`);
    const references = fields.getAll(`${code}-evidence_reference`);
    fillEvidence(section, titles.map((title, place) => [title, references[place] || ""]));
    settle(section);
  }

  /* ---------- Evidence ---------- */

  function evidenceOf(section) {
    const list = section.querySelector("ul.evidence");
    const fresh = section.querySelector(".evidence-new");
    return list && fresh ? { list, fresh, fields: fresh.querySelector(".evidence-fields") } : null;
  }

  function fillEvidence(section, rows) {
    const evidence = evidenceOf(section);
    if (!evidence) {
      fillHiddenEvidence(section, rows);
      return;
    }
    evidence.list.replaceChildren();
    for (const row of rows) addRow(section, evidence, row);
    for (const input of evidence.fields.querySelectorAll("input")) input.value = "";
    number(section, evidence);
  }

  /* The comparison submits evidence without showing it. */
  function fillHiddenEvidence(section, rows) {
    for (const control of controls(section)) if (EMPTY_ROW.test(control.name)) control.remove();
    for (const row of rows) {
      ["title", "reference"].forEach((part, place) => {
        const input = document.createElement("input");
        Object.assign(input, { type: "hidden", name: `${section.dataset.question}-evidence_${part}`, value: row[place] });
        section.append(input);
      });
    }
  }

  function addRow(section, evidence, values) {
    const item = document.createElement("li");
    const code = document.createElement("span");
    code.className = "code";
    const fields = evidence.fields.cloneNode(true);
    [...fields.querySelectorAll("input")].forEach((input, place) => {
      input.value = values[place];
    });
    const remove = document.createElement("button");
    remove.className = "as-link small";
    remove.name = "clear";
    remove.formNoValidate = true;
    remove.textContent = document.getElementById("answer-words").dataset.remove;
    item.append(code, fields, remove);
    evidence.list.append(item);
  }

  function number(section, evidence) {
    const items = [...evidence.list.children];
    evidence.list.hidden = items.length === 0;
    const name = `${section.dataset.question}-evidence`;
    [...items, evidence.fields].forEach((item, place) => {
      const code = item.querySelector(":scope > .code");
      if (code) code.textContent = `E${place + 1}`;
      const remove = item.querySelector(":scope > button[name=clear]");
      if (remove) remove.value = `${name}:${place}`;
      for (const input of item.querySelectorAll("input")) {
        input.id = `${name}-${place}-${input.name.endsWith("_title") ? "title" : "reference"}`;
        input.parentElement.querySelector("label").htmlFor = input.id;
      }
    });
  }

  /* "Add evidence" opens the row; on an open, filled row it puts that into the list and opens the next. The row is opened
     and its field focused within the press itself: what is typed in the very next moment must find the field. */
  function onAdd(event, section) {
    const evidence = evidenceOf(section);
    const inputs = [...evidence.fields.querySelectorAll("input")];
    if (evidence.fresh.open && !inputs[0].value.trim()) return;
    event.preventDefault();
    if (!evidence.fresh.open) {
      evidence.fresh.open = true;
      inputs[0].focus();
      return;
    }
    addRow(section, evidence, inputs.map((input) => input.value));
    for (const input of inputs) input.value = "";
    number(section, evidence);
    inputs[0].focus();
  }

  /* ---------- Taking a choice back ---------- */

  function clear(section, value) {
    const [name, place] = value.split(":");
    if (place !== undefined) {
      const evidence = evidenceOf(section);
      evidence.list.children[Number(place)].remove();
      number(section, evidence);
      evidence.fresh.querySelector("summary").focus();
      return;
    }
    const choices = controls(section).filter((control) => control.name === name);
    for (const choice of choices) choice.checked = false;
    if (name.endsWith("-answer")) {
      const reason = section.querySelector(`[name="${CSS.escape(section.dataset.question)}-reason"]`);
      if (reason) reason.value = "";
    }
    if (choices.length) choices[0].focus();
    settle(section);
  }

  function useLast(button) {
    const field = document.getElementById(button.dataset.useLast);
    const last = button.parentElement.querySelector("[data-last-text]").innerText.trim();
    if (field.value.includes(last)) return;
    field.value = field.value.trim() ? `${field.value.trimEnd()}\n\n${last}` : last;
    field.focus();
    field.dispatchEvent(new CustomEvent("answer:edited", { bubbles: true }));
  }

  /* ---------- What follows from an answer at once ---------- */

  function chosen(section, name) {
    const control = section.querySelector(`input[name="${CSS.escape(section.dataset.question)}-${name}"]:checked`);
    return control ? control.value : "";
  }

  function settle(section) {
    settleReason(section);
    const code = section.dataset.question;
    for (const child of document.querySelectorAll(`[data-parent="${CSS.escape(code)}"]`)) {
      setAsked(child, isAskedBy(section, child));
    }
  }

  function settleReason(section) {
    const words = section.querySelector(`template[data-reason="${chosen(section, "answer") || "none"}"]`);
    if (!words) return;
    const reason = words.closest(".reason");
    reason.querySelector("label").textContent = words.dataset.label;
    reason.querySelector(".form-text").textContent = words.dataset.hint;
  }

  function isAskedBy(parent, child) {
    if (parent.dataset.asked === "no") return false;
    if (child.dataset.atLeast) return Number(chosen(parent, "answer")) >= Number(child.dataset.atLeast);
    const listed = child.dataset.authorityIn.split(" ");
    /* What an agency said in its own voice holds until this answer says something else of it. */
    const known = Object.fromEntries((child.dataset.known || "").split(" ").filter(Boolean).map((pair) => pair.split(":")));
    for (const control of controls(parent)) {
      const [, agency] = control.name.split("-authority_");
      if (agency && control.checked) known[agency] = control.value;
    }
    return Object.values(known).some((option) => listed.includes(option));
  }

  function setAsked(section, isAsked) {
    const wanted = isAsked ? "yes" : "no";
    if (section.dataset.asked === wanted) return;
    section.dataset.asked = wanted;
    section.dispatchEvent(new CustomEvent("answer:asked", { bubbles: true }));
  }

  /* Whether the chosen answer needs a reason that is not there yet. */
  function lacksReason(section) {
    if (!["not_applicable", "unknown"].includes(chosen(section, "answer"))) return false;
    const reason = section.querySelector(`[name="${CSS.escape(section.dataset.question)}-reason"]`);
    return Boolean(reason) && !reason.value.trim();
  }

  document.addEventListener("click", (event) => {
    const last = event.target.closest("[data-use-last]");
    if (last) useLast(last);
    const add = event.target.closest(".evidence-new > summary");
    if (add) onAdd(event, add.closest("[data-question]"));
  });

  document.addEventListener("change", (event) => {
    const section = event.target.closest("[data-question][data-open]");
    if (section) settle(section);
  });

  window.cpch = Object.assign(window.cpch || {}, {
    answer: { controls, isSent, read, fill, clear, versionField, lacksReason, setAsked, settle },
  });
})();
