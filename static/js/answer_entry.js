/* Converts an answer into an entry of the store, and back into the fields of its question: completely, or not at
   all. */
"use strict";

(() => {
  const { answer } = window.cpch;
  const ROWS = /-evidence_(title|reference)$/;
  const words = () => document.getElementById("answer-words").dataset;

  function sectionOf(code) {
    const part = `[data-question="${CSS.escape(code)}"]`;
    return document.querySelector(`form[data-answers] ${part}, form[data-answers]${part}`);
  }

  const placeOf = (section) => `${words().assessment}/${words().voice}/${section.dataset.question}`;

  /* `state`: what answer_saving.js knows of it (`id`, `typedAt`, `unsure`, `problem` in words, `tries`, `triedAt`,
     `why`). */
  function make(section, state) {
    const { assessment, voice, title } = words();
    const form = section.closest("form");
    const question = section.dataset.question;
    const base = Number(answer.versionField(section).value);
    return {
      id: state.id,
      kind: "answer",
      place: placeOf(section),
      label: question,
      url: `${form.dataset.page || location.pathname}#${question}`,
      at: state.typedAt || new Date().toISOString(),
      text: inWords(section),
      problem: state.problem,
      body: {
        ...{ assessment, voice, question, title, base, typed: withoutChoice(answer.read(section), question) },
        unsure: state.unsure && { ...state.unsure, typed: withoutChoice(state.unsure.typed, question) },
        ...{ tries: state.tries, triedAt: state.triedAt, why: state.why },
        saveUrl: urlOf(question),
        pageKey: form.elements.page_key.value,
      },
    };
  }

  /* The choice between two conflicting texts is not part of the answer. */
  function withoutChoice(typed, question) {
    const fields = new URLSearchParams(typed);
    fields.delete(`${question}-keep`);
    return fields.toString();
  }

  const urlOf = (question) => words().saveUrl.replace("CODE", encodeURIComponent(question));

  /* Everything in the fields, as readable text. */
  function inWords(section) {
    const lines = [];
    for (const control of answer.controls(section)) {
      if (control.type === "hidden" || !answer.isSent(control) || !control.value.trim()) continue;
      const isChoice = ["radio", "checkbox"].includes(control.type);
      const label = control.labels && control.labels.length ? control.labels[0].textContent : "";
      const name = (control.getAttribute("aria-label") || label).replace(/\s+/g, " ").trim();
      lines.push(isChoice ? name : `${name}:\n${control.value.trim()}`);
    }
    return lines.join("\n\n");
  }

  /* Puts `typed` into the fields. If they do not hold all of it afterwards, because the question or its options have
     changed since, it restores the previous values and reports that the entry does not fit. */
  function putBack(section, typed) {
    const held = answer.read(section);
    answer.fill(section, typed);
    if (isSame(answer.read(section), typed)) return true;
    answer.fill(section, held);
    return false;
  }

  /* Whether two answers are equal; empty and missing fields count as equal. */
  const isSame = (one, other) => JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));

  function inOrder(typed) {
    const fields = [...new URLSearchParams(typed)].filter(([name, value]) => ROWS.test(name) || value !== "");
    const plain = fields.map(([name, value]) => [name, value.replace(/\r\n/g, "\n")]);
    const choices = plain.filter(([name]) => !ROWS.test(name)).sort((one, other) => (one.join("=") < other.join("=") ? -1 : 1));
    return [choices, plain.filter(([name]) => ROWS.test(name)).sort((one, other) => one[0].localeCompare(other[0]))];
  }

  /* Whether a kept answer may be put into `section`: same question, same voice, and no other fields. */
  function fits(section, entry) {
    if (!window.cpch.sending.isAnswer(entry) || entry.place !== placeOf(section)) return false;
    const { question, typed } = entry.body;
    if (question !== section.dataset.question) return false;
    return [...new URLSearchParams(typed).keys()].every((name) => name.startsWith(`${question}-`));
  }

  /* Whether `section` has the fields for it. The form of the national answer differs between the comparison and the
     themes. */
  function isOfForm(section, entry) {
    const names = new Set(answer.controls(section).map((control) => control.name));
    return [...new URLSearchParams(entry.body.typed).keys()].every((name) => names.has(name) || ROWS.test(name));
  }

  /* Whether this page handles the entry: it was typed here, or has its fields here. */
  function isOfPage(entry) {
    const section = window.cpch.sending.isAnswer(entry) ? sectionOf(entry.body.question) : null;
    if (!section || entry.place !== placeOf(section)) return false;
    return entry.url.split(/[?#]/)[0] === location.pathname || (section.matches("[data-open]") && isOfForm(section, entry));
  }

  window.cpch = Object.assign(window.cpch || {}, { entries: { make, sectionOf, putBack, fits, isOfPage, isSame, placeOf, urlOf } });
})();
