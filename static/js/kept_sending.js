/* Sends kept answers from any page, one tab at a time, until the server has confirmed them. A page with the fields
   of an answer sends it itself (answer_saving.js); texts with a button of their own are never sent from here. */
"use strict";

(() => {
  const { keeping, reply } = window.cpch;
  const WAITS = [2, 4, 8, 16, 30, 60];
  const RETRIED = ["unreachable", "failing", "busy", "foreign", "sign_in", "other_person", "token"];
  const words = () => document.getElementById("keeping").dataset;

  const isText = (value) => typeof value === "string";
  const isVersion = (value) => Number.isSafeInteger(value) && value >= 0;
  const isSent = (value) => typeof value === "object" && value !== null && isText(value.typed) && isVersion(value.base);

  /* Whether an entry holds an answer that can be sent: never to another site, never with an invalid version. */
  function isAnswer(entry) {
    const body = entry.kind === "answer" ? entry.body : null;
    return (
      typeof body === "object" &&
      body !== null &&
      ["assessment", "question", "saveUrl", "pageKey", "title"].every((name) => isText(body[name])) &&
      /^\/(?![/\\])/.test(body.saveUrl) &&
      isSent(body) &&
      (body.unsure === null || isSent(body.unsure))
    );
  }

  const isWaiting = (entry) => isAnswer(entry) && !entry.problem;
  const isRetried = (kind) => RETRIED.includes(kind);
  const triesOf = (entry) => (isVersion(entry.body.tries) ? entry.body.tries : 0);
  const pauseAfter = (tries, wait) => 1000 * (wait || WAITS[Math.min(Math.max(0, tries - 1), WAITS.length - 1)]);

  /* Whether it is saved. What was sent without receiving a reply goes first, unchanged, so that a save whose
     confirmation was lost is not mistaken for somebody else's. */
  async function send(store, entry) {
    const { unsure, typed, base, ...rest } = entry.body;
    const sent = { url: rest.saveUrl, question: rest.question, pageKey: rest.pageKey, extra: { typed_at: entry.at } };
    let from = base;
    if (unsure && unsure.typed !== typed) {
      const first = await reply.post({ ...sent, ...unsure });
      if (first.kind === "saved") from = first.body.version;
      else if (isRetried(first.kind)) return failed(store, entry, first, unsure);
      if (isDiscarded(store, entry)) return false;
    }
    const last = { typed, base: from };
    await store.put({ ...entry, body: { ...entry.body, base: from, unsure: last } });
    const answer = await reply.post({ ...sent, ...last });
    if (answer.kind === "saved") return confirmed(store, entry, answer.body);
    if (isRetried(answer.kind)) return failed(store, { ...entry, body: { ...entry.body, base: from } }, answer, last);
    if (isDiscarded(store, entry)) return false;
    await store.put({ ...entry, problem: answer.body.message || words().unfit, body: { ...entry.body, base: from, unsure: null } });
    store.release(entry.id);
    return false;
  }

  /* Discarded while being sent, here or in another tab: it is neither kept nor sent again. */
  function isDiscarded(store, entry) {
    if (store.get(entry.id)) return false;
    store.release(entry.id);
    return true;
  }

  function confirmed(store, entry, body) {
    store.forget(entry.id);
    const { typed, question } = entry.body;
    const news = { version: body.version, typed, saved_at: body.saved_at, state: body.state, asked: body.asked };
    store.tell({ kind: "saved", place: entry.place, question, ...news });
    return true;
  }

  async function failed(store, entry, answer, unsure) {
    if (isDiscarded(store, entry)) return false;
    const isUnsure = ["unreachable", "failing", "foreign"].includes(answer.kind);
    const tried = { tries: triesOf(entry) + 1, triedAt: new Date().toISOString(), why: answer.kind, wait: answer.wait };
    await store.put({ ...entry, body: { ...entry.body, ...tried, unsure: isUnsure ? unsure : entry.body.unsure } });
    store.release(entry.id);
    return false;
  }

  /* ---------- Timing ---------- */

  let store = null;
  let timer = null;
  let isSending = false;
  let isAskedAgain = false;
  const owners = [];

  const isOfPage = (entry) => owners.some((owns) => owns(entry));
  const isElsewhere = (entry) => !store.isHeld(entry.id) && !isOfPage(entry);
  const waiting = () => store.list("answer").filter((entry) => isWaiting(entry) && isElsewhere(entry));

  function dueAt(entry) {
    const tried = Date.parse(entry.body.triedAt || "");
    // After the device's clock was set back, a time in the future means nothing.
    return Number.isNaN(tried) || tried > Date.now() ? 0 : tried + pauseAfter(triesOf(entry), entry.body.wait);
  }

  function schedule() {
    clearTimeout(timer);
    timer = null;
    if (isSending || !waiting().length) return;
    const next = Math.min(...waiting().map(dueAt)) - Date.now();
    timer = setTimeout(() => sendAll(false), Math.min(60000, Math.max(500, next)));
  }

  /* Everything immediately if the person asked or a page was just opened; else only what is due. */
  async function sendAll(isNow) {
    isAskedAgain = isAskedAgain || (isSending && isNow);
    if (!store || isSending) return;
    isSending = true;
    try {
      await navigator.locks.request("cpch-kept-sending", { ifAvailable: !isNow }, async (lock) => {
        if (!lock) return;
        const due = waiting().filter((entry) => isNow || dueAt(entry) <= Date.now());
        for (const { id } of due.reverse()) {
          const entry = await store.takeIfFree(id);
          if (entry && isWaiting(entry)) await send(store, entry);
          else if (entry) store.release(id);
        }
      });
    } finally {
      isSending = false;
      if (!isAskedAgain) schedule();
    }
    if (isAskedAgain) {
      isAskedAgain = false;
      await sendAll(true);
    }
  }

  /* Retry a refused answer, because the person asked for it. */
  async function sendAgain(id) {
    const entry = await store.takeIfFree(id);
    if (!entry) return;
    if (isAnswer(entry)) await send(store, { ...entry, problem: "" });
    else store.release(id);
  }

  async function start() {
    store = await keeping.open();
    if (!store.isOpen) return;
    store.onChange(schedule);
    store.onTold((news) => {
      if (news && news.kind === "opened") schedule();
    });
    window.addEventListener("online", () => sendAll(true));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") sendAll(true);
    });
    sendAll(true);
  }

  window.cpch = Object.assign(window.cpch || {}, {
    sending: { isAnswer, isRetried, isWaiting, isOfPage, pauseAfter, sendAll, sendAgain, leaveTo: (owns) => owners.push(owns) },
  });
  // The page's own scripts come after this one, and first claim the answers that they send themselves.
  document.addEventListener("DOMContentLoaded", start);
})();
