/* Handles input to an answer, and sends it after a pause in typing, or when the focus leaves the question. It is
   kept on this device immediately. */
"use strict";

(() => {
  const { answer, saving, status } = window.cpch;
  const REST = 1500;
  const AT_MOST = 6000;

  const sectionAt = (element) => (element instanceof Element ? element.closest("form[data-answers] [data-question], form[data-answers][data-question]") : null);

  function edited(section) {
    const item = saving.of(section.dataset.question);
    item.isDirty = true;
    item.typedAt = new Date().toISOString();
    item.since = item.since || Date.now();
    saving.keep(item);
    if (item.problem === "conflict") return;
    saving.afterSaving(null);
    item.problem = null;
    item.resolve = "";
    clearTimeout(item.timer);
    if (answer.lacksReason(section)) {
      saving.say(item, "no_reason", status.words().needsReason);
      return;
    }
    if (saving.isRetrying()) status.showAnswer(item.code, "failed", status.words().notSaved);
    else status.showAnswer(item.code, "saving", status.words().saving);
    status.showRail(item.code, "not_saved");
    const most = Math.max(0, item.since + AT_MOST - Date.now());
    item.timer = setTimeout(() => saving.enqueue(item), Math.min(REST, most));
    saving.showBar();
  }

  function flush() {
    for (const item of saving.unsaved()) if (!item.problem) saving.enqueue(item);
  }

  /* Runs an action once everything is saved; if something prevents that, shows it instead. */
  function onceSaved(call) {
    saving.afterSaving(call);
    for (const item of saving.unsaved()) {
      if (item.problem === "conflict" || item.problem === "state") continue;
      item.problem = null;
      saving.enqueue(item);
    }
    const stuck = saving.unsaved().find((item) => item.problem && !saving.isHeld(item));
    if (!stuck) return;
    saving.afterSaving(null);
    const section = saving.sectionOf(stuck);
    section.querySelector(".conflict h3, .question-text, legend").focus();
    section.scrollIntoView();
  }

  function resolve(section, act) {
    const item = saving.of(section.dataset.question);
    item.resolve = act;
    item.isDirty = true;
    item.problem = null;
    // What is typed while its answer is being replaced would be lost.
    section.inert = act === "confirm";
    saving.enqueue(item);
  }

  /* Recording uses the server's version, so typed changes are saved first. */
  function record(event, form) {
    const items = saving.unsaved().filter((item) => form.contains(saving.sectionOf(item)));
    if (!items.length) return;
    event.preventDefault();
    onceSaved(() => form.requestSubmit(event.submitter));
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-answers]")) return;
    const pressed = event.submitter || { name: "then", value: "stay" };
    const section = sectionAt(pressed);
    if (form.matches("[data-records]") && !["clear", "resolve"].includes(pressed.name)) {
      record(event, form);
      return;
    }
    if (pressed.name === "clear" && section) {
      answer.clear(section, pressed.value);
      edited(section);
    } else if (pressed.name === "resolve" && section) resolve(section, pressed.value.split(":")[1]);
    else if (pressed.value === "next") onceSaved(() => location.assign(form.querySelector("[data-continue]").dataset.continue));
    else flush();
    event.preventDefault();
  });

  document.addEventListener("input", (event) => {
    const section = sectionAt(event.target);
    if (section && section.matches("[data-open]") && event.target.name) edited(section);
  });

  /* A text inserted by a button. */
  document.addEventListener("answer:edited", (event) => edited(sectionAt(event.target)));

  /* Leaving a question sends it; if it is incomplete, the server says what is missing. */
  document.addEventListener("focusout", (event) => {
    const section = sectionAt(event.target);
    if (!section || section.contains(event.relatedTarget)) return;
    const item = saving.of(section.dataset.question);
    if (item.isDirty && !item.problem && section.isConnected) saving.enqueue(item);
  });

  document.addEventListener("answer:asked", (event) => {
    const section = event.target;
    const link = document.querySelector(`[data-link="${CSS.escape(section.dataset.question)}"]`);
    const isAsked = section.dataset.asked === "yes";
    if (link) status.showRail(section.dataset.question, isAsked ? link.dataset.own : "not_asked");
  });

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flush();
    else saving.retryNow();
  });
  window.addEventListener("online", saving.retryNow);
  window.addEventListener("focus", saving.retryNow);

  /* A kept answer of this page was discarded in the bar: show the server's answer again. */
  document.addEventListener("kept:discarded", (event) => {
    const item = saving.unsaved().find((one) => one.id === event.detail.id);
    if (!item) return;
    item.isDirty = false;
    location.reload();
  });

  /* Input from before this script was loaded. */
  function isTouched(section) {
    return answer.controls(section).some((control) =>
      ["radio", "checkbox"].includes(control.type) ? control.checked !== control.defaultChecked : control.value !== control.defaultValue);
  }

  for (const section of document.querySelectorAll("[data-open][data-question]")) {
    if (section.matches("[data-unsaved]") || isTouched(section)) edited(section);
  }
})();
