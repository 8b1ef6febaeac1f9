/* Saves each answer automatically: one at a time, in order, retrying until the server has confirmed it.
   answer_typing.js handles input and decides when to send. */
"use strict";

(() => {
  const { answer, entries, keeping, reply, sending: kept, status, times } = window.cpch;

  const opening = keeping.open();
  const answers = new Map();
  const queue = [];
  let store = null;
  let sending = null;
  let failures = 0;
  let retryAt = 0;
  let ticker = null;
  let why = "";
  let savedAt = null;
  let whenDone = null;

  /* ---------- One answer ---------- */

  /* `unsure` is what was sent without receiving a reply: it is sent again unchanged, so that a save whose
     confirmation was lost is not mistaken for somebody else's. `problem` is why it cannot be saved, `said` in words. */
  function of(code) {
    if (!answers.has(code)) {
      const fresh = { isDirty: false, isKept: true, timer: null, since: 0, unsure: null, problem: null, said: "", resolve: "" };
      answers.set(code, { ...fresh, code, id: "", typedAt: "", tries: 0, triedAt: "", why: "", older: [] });
    }
    return answers.get(code);
  }

  /* The part of the page for one answer; without open fields if there are two texts to choose between. */
  const find = (code) => window.cpch.entries.sectionOf(code);
  const sectionOf = (item) => find(item.code);
  const isHeld = (item) => sectionOf(item).dataset.asked === "no" && item.problem !== "conflict";
  const unsaved = () => [...answers.values()].filter((item) => item.isDirty);

  /* Kept on this device, within the event that changed it. */
  function keep(item) {
    if (!store) {
      opening.then(() => item.isDirty && keep(item));
      return;
    }
    item.id = item.id || store.newId();
    store.put(entries.make(sectionOf(item), { ...item, problem: item.problem ? item.said : "" })).then((isKept) => {
      if (item.isKept !== isKept) {
        item.isKept = isKept;
        showBar();
      }
    });
  }

  function letGo(item) {
    if (store && item.id) store.forget(item.id);
    Object.assign(item, { id: "", isKept: true, tries: 0, triedAt: "", why: "", since: 0, said: "" });
  }

  function say(item, state, text) {
    status.showAnswer(item.code, "failed", text);
    status.showRail(item.code, state);
    showBar();
  }

  function enqueue(item) {
    clearTimeout(item.timer);
    item.timer = null;
    if (!item.isDirty || isHeld(item) || queue.includes(item) || sending === item) return;
    queue.push(item);
    pump();
  }

  /* ---------- The queue ---------- */

  function pump() {
    if (sending || !queue.length || Date.now() < retryAt) return;
    sending = queue.shift();
    send(sending).finally(() => {
      const sent = sending;
      sending = null;
      // What is being typed right now is sent once it rests.
      if (sent.isDirty && !sent.timer && !sent.problem && !queue.includes(sent) && !retryAt) enqueue(sent);
      if (!sent.isDirty && sent.older.length) putBack(sectionOf(sent), sent.older.shift());
      showBar();
      finish();
      pump();
    });
  }

  async function send(item) {
    const section = sectionOf(item);
    const now = answer.read(section);
    const typed = item.unsure ? item.unsure.typed : now;
    const base = item.unsure ? item.unsure.base : Number(answer.versionField(section).value);
    // What was typed since is sent before the last period's answer takes its place.
    const resolve = item.resolve === "confirm" && typed !== now ? "" : item.resolve;
    const extra = { typed_at: item.typedAt || "", ...(resolve ? { resolve: `${item.code}:${resolve}` } : {}) };
    item.unsure = { typed, base };
    item.since = 0;
    keep(item);
    status.showAnswer(item.code, "saving", status.words().saving);
    const url = entries.urlOf(item.code);
    const pageKey = section.closest("form").elements.page_key.value;
    const came = await reply.post({ url, question: item.code, base, typed, pageKey, extra });
    if (kept.isRetried(came.kind)) return failed(item, came);
    item.unsure = null;
    if (came.kind === "saved" || came.kind === "merged") return confirmed(item, typed, came.body, resolve);
    if (came.kind === "conflict") return conflicted(item, typed, came.body);
    return refused(item, came);
  }

  /* ---------- What comes back ---------- */

  function confirmed(item, typed, body, resolve) {
    failures = 0;
    retryAt = 0;
    status.showSignIn(false);
    Object.assign(item, { problem: null, said: "", tries: 0, triedAt: "", why: "" });
    if (item.resolve === resolve) item.resolve = "";
    if (body.voided) status.showVoided();
    let section = sectionOf(item);
    if (body.html) {
      section = replace(section, body.html);
      if (resolve === "confirm") section.querySelector("[data-confirmed]").focus();
      item.isDirty = body.kind === "merged";
      if (item.isDirty) section.querySelector("textarea").focus();
    } else {
      answer.versionField(section).value = body.version;
      section.dataset.version = body.version;
      // A button that was pressed while this was on its way is still to be sent.
      item.isDirty = answer.read(section) !== typed || item.resolve !== "";
      const { version, saved_at, state, asked } = body;
      if (store) store.tell({ kind: "saved", place: entries.placeOf(section), question: item.code, version, typed, saved_at, state, asked });
    }
    if (item.isDirty) keep(item);
    else letGo(item);
    status.showFaults(section, {});
    follow(item.code, body);
    if (item.isDirty) return;
    savedAt = body.saved_at ? new Date(body.saved_at) : savedAt;
    if (!body.html) status.showAnswer(item.code, ...(savedAt && body.version ? ["saved", status.savedWords(savedAt)] : ["", ""]));
  }

  /* The server's word on the answer's state and on which follow-ups are asked. */
  function follow(code, body) {
    const link = document.querySelector(`[data-link="${CSS.escape(code)}"]`);
    if (link) link.dataset.own = body.state;
    status.showRail(code, body.state);
    status.showTag(code, body.state);
    for (const [child, isAsked] of Object.entries(body.asked)) {
      const section = document.querySelector(`[data-question="${CSS.escape(child)}"]`);
      if (!section) continue;
      answer.setAsked(section, isAsked);
      const item = of(child);
      if (isAsked && item.isDirty && item.problem === "not_asked") {
        item.problem = null;
        enqueue(item);
      }
    }
  }

  /* No reply, or a reply that says nothing about this answer. */
  function failed(item, came) {
    if (["sign_in", "other_person", "token", "busy"].includes(came.kind)) item.unsure = null;
    sectionOf(item).inert = false;
    Object.assign(item, { tries: item.tries + 1, triedAt: new Date().toISOString(), why: came.kind });
    keep(item);
    queue.unshift(item);
    failures += 1;
    why = came.kind;
    retryAt = Date.now() + kept.pauseAfter(failures, came.wait);
    status.showSignIn(["sign_in", "other_person", "token"].includes(came.kind));
    for (const waiting of queue) {
      status.showAnswer(waiting.code, "failed", status.words().notSaved);
      status.showRail(waiting.code, "not_saved");
    }
    if (!ticker) ticker = setInterval(tick, 1000);
  }

  function tick() {
    showBar();
    if (Date.now() < retryAt) return;
    clearInterval(ticker);
    ticker = null;
    retryAt = 0;
    pump();
  }

  function retryNow() {
    if (!retryAt) return;
    retryAt = Date.now();
    tick();
  }

  function conflicted(item, typed, body) {
    // What was typed on since is not in this reply: the next save, already on its way, brings one that has it.
    if (answer.read(sectionOf(item)) !== typed) return;
    Object.assign(item, { problem: "conflict", said: body.message, isDirty: true, resolve: "" });
    whenDone = null;
    keep(item);
    const hadFocus = sectionOf(item).contains(document.activeElement);
    const section = replace(sectionOf(item), body.html);
    status.showRail(item.code, "conflict");
    if (hadFocus) section.querySelector(".conflict h3").focus();
    showBar();
  }

  function refused(item, came) {
    item.problem = came.kind;
    item.said = came.body.message || status.words().refused;
    item.resolve = item.resolve === "confirm" ? "" : item.resolve;
    whenDone = null;
    keep(item);
    const section = sectionOf(item);
    section.inert = false;
    const faults = came.body.faults || {};
    status.showFaults(section, faults);
    const lacksReason = faults[`${item.code}-reason`] && answer.lacksReason(section);
    say(item, lacksReason ? "no_reason" : "not_saved", came.body.message || status.words().refused);
  }

  function replace(section, html) {
    const fresh = reply.sectionIn(html, section.dataset.question);
    section.replaceWith(fresh);
    times.show(fresh);
    answer.settle(fresh);
    return fresh;
  }

  /* ---------- The bar ---------- */

  /* Whether another tab holds an unsaved answer of this page. */
  function isKeptElsewhere() {
    const isOther = (entry) => entries.isOfPage(entry) && kept.isWaiting(entry);
    return Boolean(store) && store.list("answer").some(isOther);
  }

  function showBar() {
    const waiting = queue.concat(sending || []).filter((item) => item.isDirty).map((item) => item.code);
    const needy = unsaved().filter((item) => item.problem && !isHeld(item)).map((item) => item.code);
    const isLost = unsaved().some((item) => !item.isKept);
    status.showSaving({ waiting, needy, isLost, retryAt, why, savedAt: unsaved().length || isKeptElsewhere() ? null : savedAt });
  }

  /* ---------- Previously kept answers ---------- */

  /* Restores it to its fields, to be sent again from there; what does not fit stays in the kept bar, to be read and
     copied. */
  function putBack(section, entry) {
    const item = of(section.dataset.question);
    if (item.isDirty) {
      item.older.push(entry);
      return;
    }
    const standing = answer.read(section);
    if (!entries.fits(section, entry) || !entries.putBack(section, entry.body.typed)) {
      store.put({ ...entry, problem: document.getElementById("keeping").dataset.unfit });
      store.release(entry.id);
      return;
    }
    if (entries.isSame(entry.body.typed, standing)) {
      store.forget(entry.id);
      return;
    }
    const { base, typed, unsure } = entry.body;
    // What stands is what this draft had sent without a reply, so the draft is simply further on.
    const isOwn = unsure && entries.isSame(unsure.typed, standing);
    if (!isOwn) answer.versionField(section).value = base;
    Object.assign(item, { id: entry.id, isDirty: true, typedAt: entry.at, unsure: isOwn || !unsure ? null : unsure });
    if (unsure && unsure.typed === typed) item.unsure = null;
    keep(item);
    if (answer.lacksReason(section)) say(item, "no_reason", status.words().needsReason);
    else enqueue(item);
  }

  async function takeUp(id) {
    const entry = await store.take(id);
    if (entry && entries.isOfPage(entry)) putBack(find(entry.body.question), entry);
    else if (entry) store.release(id);
    showBar();
  }

  async function start() {
    savedAt = status.latestSave(document);
    store = await opening;
    store.onTold(told);
    store.onChange(showBar);
    for (const { id } of store.list("answer").filter(entries.isOfPage)) takeUp(id);
    showBar();
  }

  function told(news) {
    if (news.kind === "opened") retryNow();
    if (news.kind !== "saved") return;
    const section = find(news.question);
    if (!section || entries.placeOf(section) !== news.place) return;
    const item = of(news.question);
    const version = answer.versionField(section);
    if (item.isDirty || Number(version.value) >= news.version) return;
    answer.fill(section, news.typed);
    version.value = news.version;
    savedAt = new Date(news.saved_at);
    status.showAnswer(news.question, "saved", status.savedWords(savedAt));
    follow(news.question, news);
  }

  /* Calls back once everything that can be saved is saved; a conflict or a refusal cancels it. */
  function afterSaving(call) {
    whenDone = call;
    if (call) finish();
  }

  function finish() {
    if (!whenDone || unsaved().some((item) => !isHeld(item))) return;
    const call = whenDone;
    whenDone = null;
    call();
  }

  kept.leaveTo(entries.isOfPage);
  keeping.warnWhile(() => unsaved().some((item) => !item.isKept));

  window.cpch = Object.assign(window.cpch || {}, {
    saving: { of, keep, enqueue, unsaved, isHeld, sectionOf, say, showBar, retryNow, afterSaving, isRetrying: () => retryAt > 0 },
  });
  start();
})();
