/* Saves each answer by itself: one at a time, in order, again and again until the server has confirmed it. */
"use strict";

(() => {
  const form = document.querySelector("form[data-answers]");
  const { Drafts, answer, post, restore, status, times } = window.cpch;
  const PAUSE = 800;
  const WAITS = [2, 4, 8, 16, 30];

  const drafts = new Drafts(form.dataset.person, status.words().assessment, status.words().voice);
  const answers = new Map();
  const queue = [];
  const elsewhere = new Map();
  let sending = null;
  let failures = 0;
  let retryAt = 0;
  let ticker = null;
  let isLeaving = false;
  let savedAt = null;

  /* ---------- One answer ---------- */

  /* `unsure` is what was sent without an answer coming back: it is sent again word for word, so that a save whose
     confirmation was lost is not taken for somebody else's. */
  function of(code) {
    if (!answers.has(code)) {
      answers.set(code, { code, isDirty: false, isKept: true, timer: null, unsure: null, problem: null, resolve: "", typedAt: null });
    }
    return answers.get(code);
  }

  const sectionOf = (item) => document.getElementById(item.code);
  const isHeld = (item) => sectionOf(item).dataset.asked === "no" && item.problem !== "conflict";
  const unsaved = () => [...answers.values()].filter((item) => item.isDirty);

  function keep(item) {
    const section = sectionOf(item);
    const record = { typed: answer.read(section), unsure: item.unsure, typedAt: item.typedAt };
    item.isKept = drafts.keep(item.code, answer.versionField(section).value, record);
  }

  function edited(section, wait) {
    const item = of(section.dataset.question);
    item.isDirty = true;
    item.typedAt = new Date().toISOString();
    isLeaving = false;
    keep(item);
    if (item.problem === "conflict") return;
    item.problem = null;
    item.resolve = "";
    clearTimeout(item.timer);
    if (answer.lacksReason(section)) {
      say(item, "no_reason", status.words().needsReason);
      return;
    }
    if (retryAt) status.showAnswer(item.code, "failed", status.words().notSaved);
    else status.showAnswer(item.code, "saving", status.words().saving);
    status.showRail(item.code, "not_saved");
    item.timer = setTimeout(() => enqueue(item), wait);
    showBar();
  }

  function say(item, state, text) {
    status.showAnswer(item.code, "failed", text);
    status.showRail(item.code, state);
    showBar();
  }

  function enqueue(item) {
    clearTimeout(item.timer);
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
      if (sent.isDirty && !sent.problem && !queue.includes(sent) && !retryAt) enqueue(sent);
      showBar();
      leaveIfDone();
      pump();
    });
  }

  async function send(item) {
    const section = sectionOf(item);
    const typed = item.unsure ? item.unsure.typed : answer.read(section);
    const base = item.unsure ? item.unsure.base : answer.versionField(section).value;
    // What was typed since is sent before the last period's answer takes its place.
    const resolve = item.resolve === "confirm" && typed !== answer.read(section) ? "" : item.resolve;
    const extra = { typed_at: item.typedAt || "", ...(resolve ? { resolve: `${item.code}:${resolve}` } : {}) };
    item.unsure = { typed, base };
    keep(item);
    status.showAnswer(item.code, "saving", status.words().saving);
    const reply = await post(item.code, typed, base, extra);
    if (reply.status === 0 || reply.status >= 500) return failed(item, reply, true);
    item.unsure = null;
    if (reply.status === 200) return confirmed(item, typed, reply.body, resolve);
    if (reply.status === 409 && reply.body.kind === "conflict") return conflicted(item, typed, reply.body);
    if (reply.status === 401 || reply.status === 429 || reply.body.kind === "token") return failed(item, reply, false);
    return refused(item, reply);
  }

  /* ---------- What comes back ---------- */

  function confirmed(item, typed, body, resolve) {
    failures = 0;
    retryAt = 0;
    status.showSignIn(false);
    item.problem = null;
    if (item.resolve === resolve) item.resolve = "";
    if (body.voided) status.showVoided();
    let section = sectionOf(item);
    if (body.html) {
      section = replace(section, body.html);
      if (resolve === "confirm") section.querySelector("[data-confirmed]").focus();
      item.isDirty = body.kind === "merged";
      drafts.drop(item.code);
      if (item.isDirty) {
        keep(item);
        section.querySelector("textarea").focus();
      }
    } else {
      answer.versionField(section).value = body.version;
      section.dataset.version = body.version;
      // A button that was pressed while this was on its way is still to be sent.
      item.isDirty = answer.read(section) !== typed || item.resolve !== "";
      if (item.isDirty) keep(item);
      else drafts.drop(item.code);
      drafts.tell(item.code, { version: body.version, typed, savedAt: body.saved_at, state: body.state, asked: body.asked });
    }
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
    for (const [child, isAsked] of Object.entries(body.asked || {})) {
      const section = document.getElementById(child);
      if (!section) continue;
      answer.setAsked(section, isAsked);
      const item = of(child);
      if (isAsked && item.isDirty && item.problem === "not_asked") {
        item.problem = null;
        enqueue(item);
      }
    }
  }

  function failed(item, reply, isUnsure) {
    if (!isUnsure) item.unsure = null;
    sectionOf(item).inert = false;
    keep(item);
    queue.unshift(item);
    const wait = reply.wait || WAITS[Math.min(failures, WAITS.length - 1)];
    failures += 1;
    retryAt = Date.now() + wait * 1000;
    status.showSignIn(reply.status === 401 || reply.body.kind === "token");
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
    item.problem = "conflict";
    item.isDirty = true;
    item.resolve = "";
    isLeaving = false;
    const hadFocus = sectionOf(item).contains(document.activeElement);
    const section = replace(sectionOf(item), body.html);
    status.showRail(item.code, "conflict");
    if (hadFocus) section.querySelector(".conflict h3").focus();
    showBar();
  }

  function refused(item, reply) {
    item.problem = reply.body.kind || "refused";
    item.resolve = item.resolve === "confirm" ? "" : item.resolve;
    isLeaving = false;
    keep(item);
    const section = sectionOf(item);
    section.inert = false;
    if (reply.body.faults) status.showFaults(section, reply.body.faults);
    const lacksReason = reply.body.faults && reply.body.faults[`${item.code}-reason`] && answer.lacksReason(section);
    say(item, lacksReason ? "no_reason" : "not_saved", reply.body.message || status.words().refused);
  }

  function replace(section, html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const fresh = holder.content.querySelector(".question");
    section.replaceWith(fresh);
    times.show(fresh);
    answer.settle(fresh);
    return fresh;
  }

  /* ---------- The bar ---------- */

  function showBar() {
    const words = status.words();
    const waiting = queue.concat(sending || []).filter((item) => item.isDirty).map((item) => item.code);
    const needy = unsaved().filter((item) => item.problem && !isHeld(item)).map((item) => item.code);
    const lost = unsaved().some((item) => !item.isKept);
    const hints = [];
    if (retryAt && waiting.length) {
      const text = waiting.length === 1 ? words.oneNotSaved : words.manyNotSaved;
      hints.push(lost ? words.notKept : words.kept);
      if (!document.querySelector("[data-sign-in]").hidden) hints.push(words.signedOut);
      hints.push(words.nextTry.replace("%s", Math.max(0, Math.ceil((retryAt - Date.now()) / 1000))));
      status.showBar("failed", text.replace("%s", waiting.join(", ")), withElsewhere(hints.join(" ")));
    } else if (needy.length) {
      status.showBar("failed", words.needs.replace("%s", needy.join(", ")), withElsewhere(lost ? words.notKept : words.kept));
    } else if (!unsaved().length && savedAt) {
      status.showBar("saved", `${words.allSaved} ${times.inWords(savedAt)}`, withElsewhere(""));
    } else {
      status.showBar("", "", withElsewhere(lost ? words.notKept : ""));
    }
  }

  const withElsewhere = (text) => status.withElsewhere(text, elsewhere);

  /* ---------- Drafts that were left behind ---------- */

  /* Into its fields, to be sent again from there. */
  function putBack(section, draft) {
    const item = of(draft.code);
    if (item.isDirty) return;
    const standing = answer.read(section);
    const version = answer.versionField(section);
    if (draft.typed === standing) {
      drafts.forget([draft]);
      return;
    }
    // What stands is what this draft's tab had sent without hearing back, so the draft is simply further on.
    const isOwn = draft.unsure && draft.unsure.typed === standing;
    answer.fill(section, draft.typed);
    if (!isOwn) version.value = draft.base;
    item.isDirty = true;
    item.typedAt = draft.typedAt;
    keep(item);
    if (item.isKept && draft.tab !== drafts.tab) drafts.forget([draft]);
    if (answer.lacksReason(section)) say(item, "no_reason", status.words().needsReason);
    else enqueue(item);
  }

  /* ---------- What the person does ---------- */

  function flush() {
    for (const item of unsaved()) if (!item.problem) enqueue(item);
  }

  function leaveIfDone() {
    if (!isLeaving || unsaved().some((item) => !isHeld(item))) return;
    isLeaving = false;
    location.assign(form.querySelector("[data-continue]").dataset.continue);
  }

  function onContinue() {
    isLeaving = true;
    for (const item of unsaved()) if (item.problem !== "conflict" && item.problem !== "state") {
      item.problem = null;
      enqueue(item);
    }
    const stuck = unsaved().find((item) => item.problem && !isHeld(item));
    if (stuck) {
      isLeaving = false;
      const section = sectionOf(stuck);
      section.querySelector(".conflict h3, .question-text").focus();
      section.scrollIntoView();
    }
    leaveIfDone();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const pressed = event.submitter || { name: "then", value: "stay" };
    const section = pressed.closest ? pressed.closest(".question") : null;
    if (pressed.name === "clear" && section) {
      answer.clear(section, pressed.value);
      edited(section, 0);
    } else if (pressed.name === "resolve" && section) {
      const item = of(section.dataset.question);
      item.resolve = pressed.value.split(":")[1];
      item.isDirty = true;
      item.problem = null;
      // What is typed while its answer is being replaced would be lost.
      section.inert = item.resolve === "confirm";
      enqueue(item);
    } else if (pressed.value === "next") onContinue();
    else flush();
  });

  form.addEventListener("input", (event) => {
    const section = event.target.closest(".question[data-open]");
    if (section && event.target.matches("textarea, input.form-control")) edited(section, PAUSE);
  });

  form.addEventListener("change", (event) => {
    const section = event.target.closest(".question[data-open]");
    if (section) edited(section, 0);
  });

  /* Leaving a question that still lacks something sends it, so that the server says what is wrong. */
  form.addEventListener("focusout", (event) => {
    const section = event.target.closest(".question[data-open]");
    if (!section || section.contains(event.relatedTarget)) return;
    const item = of(section.dataset.question);
    if (item.isDirty && !item.problem && section.isConnected) enqueue(item);
  });

  document.addEventListener("answer:asked", (event) => {
    const section = event.target;
    const link = document.querySelector(`[data-link="${CSS.escape(section.dataset.question)}"]`);
    const isAsked = section.dataset.asked === "yes";
    if (link) status.showRail(section.dataset.question, isAsked ? link.dataset.own : "not_asked");
  });

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flush();
    else retryNow();
  });
  window.addEventListener("online", retryNow);
  window.addEventListener("focus", retryNow);

  window.addEventListener("beforeunload", (event) => {
    if (unsaved().some((item) => !item.isKept)) event.preventDefault();
  });

  drafts.listen((code, news) => {
    const section = document.getElementById(code);
    if (!section || !section.matches("[data-open]")) return;
    const item = of(code);
    const version = answer.versionField(section);
    if (item.isDirty || Number(version.value) >= news.version) return;
    answer.fill(section, news.typed);
    version.value = news.version;
    savedAt = new Date(news.savedAt);
    status.showAnswer(code, "saved", status.savedWords(savedAt));
    follow(code, news);
  });

  /* A browser that fills a reloaded page with what it remembers would hide what the server says stands. */
  form.autocomplete = "off";

  async function start() {
    savedAt = status.latestSave(form);
    await drafts.open();
    for (const section of form.querySelectorAll(".question[data-unsaved][data-open]")) edited(section, 0);
    await restore(drafts, putBack, elsewhere);
    showBar();
  }

  start();
})();
