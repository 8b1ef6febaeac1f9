/* Declaring, attesting and submitting wait for this device's unsent answers of the assessment; the task list marks
   the themes with unsent answers. Answers that can no longer be sent do not block anything. */
"use strict";

(() => {
  const { keeping, sending } = window.cpch;
  const words = document.getElementById("keeping").dataset;
  const WAITING = "[data-waits-for-answers]";
  let store = null;

  const unsent = () => store.list("answer").filter(sending.isWaiting);
  const unsentOf = (assessment) => unsent().filter((entry) => entry.body.assessment === assessment);

  function show() {
    for (const button of document.querySelectorAll(WAITING)) hold(button);
    for (const row of document.querySelectorAll(".tasks > li")) tag(row);
    for (const row of document.querySelectorAll("[data-task-waits]")) holdTask(row);
  }

  function hold(button) {
    const codes = unsentOf(button.dataset.waitsForAnswers).map((entry) => entry.label).sort();
    const isHeldUp = codes.length > 0;
    let reason = button.parentElement.querySelector(`[data-waits-reason="${CSS.escape(button.dataset.waitsForAnswers)}"]`);
    if (!reason && !isHeldUp) return;
    if (!reason) {
      reason = document.createElement("span");
      reason.className = "waits-reason";
      reason.setAttribute("role", "status");
      reason.dataset.waitsReason = button.dataset.waitsForAnswers;
      button.after(" ", reason);
    }
    if (button.disabled !== isHeldUp) button.disabled = isHeldUp;
    reason.textContent = isHeldUp ? words.waits.replace("%s", [...new Set(codes)].join(", ")) : "";
  }

  /* Until the store has been read, it is unknown whether something is unsent. */
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || !button.matches(WAITING) || (store && !button.disabled)) return;
    event.preventDefault();
    keeping.open().then(() => {
      if (!unsentOf(button.dataset.waitsForAnswers).length) event.target.requestSubmit(button);
    });
  });

  /* ---------- The task list ---------- */

  function tag(row) {
    const link = row.querySelector("a.task-name");
    const place = row.querySelector(":scope > .tag");
    if (!link || !place) return;
    const count = unsent().filter((entry) => entry.url.split("#")[0] === link.pathname).length;
    const isTagged = Boolean(row.querySelector("[data-not-sent]"));
    if (!count && !isTagged) return;
    for (const element of row.querySelectorAll("[data-not-sent]")) element.remove();
    place.hidden = count > 0;
    if (!count) return;
    const attention = document.createElement("span");
    attention.className = "tag tag-attention";
    attention.dataset.notSent = "";
    attention.append(icon("i-bang"), words.notSentYet);
    const hint = document.createElement("span");
    hint.dataset.notSent = "";
    hint.textContent = `, ${count === 1 ? words.keptHereOne : words.keptHere.replace("%s", count)}`;
    place.after(attention);
    row.querySelector(".task-hint").append(hint);
  }

  /* A task that cannot start yet is no link, as where the server itself says so. */
  function holdTask(row) {
    const codes = unsentOf(row.dataset.taskWaits).map((entry) => entry.label).sort();
    const link = row.querySelector("a.task-name");
    const place = row.querySelector(":scope > .tag");
    if (!link || !place) return;
    for (const element of row.querySelectorAll("[data-held-up]")) element.remove();
    const isHeldUp = codes.length > 0;
    row.classList.toggle("is-waiting", isHeldUp);
    place.hidden = isHeldUp;
    if (link.href) link.dataset.href = link.href;
    if (!isHeldUp) {
      link.href = link.dataset.href;
      return;
    }
    link.removeAttribute("href");
    const tag = document.createElement("span");
    tag.className = "tag tag-wait";
    tag.dataset.heldUp = "";
    tag.textContent = words.cannotStart;
    const hint = document.createElement("span");
    hint.className = "task-hint";
    hint.dataset.heldUp = "";
    hint.textContent = words.waits.replace("%s", [...new Set(codes)].join(", "));
    link.after(hint);
    place.after(tag);
  }

  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `#${name}`);
    svg.append(use);
    return svg;
  }

  async function start() {
    store = await keeping.open();
    store.onChange(show);
    show();
  }

  start();
})();
