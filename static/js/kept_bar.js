/* The kept bar: the answers and texts that this device keeps for the signed-in person, with their actions. */
"use strict";

(() => {
  const { keeping, sending, times } = window.cpch;
  const FRESH = 5000;
  const bar = document.querySelector("[data-kept-bar]");
  const part = (name) => bar.querySelector(`[data-kept-${name}]`);
  const words = document.getElementById("keeping").dataset;
  
  let store = null;
  let timer = null;

  const tried = (entry) => (entry.body && entry.body.triedAt ? Date.parse(entry.body.triedAt) || 0 : 0);
  const isStuck = (entry) => entry.kind === "unreadable" || (entry.kind === "answer" && !sending.isWaiting(entry));

  /* Whether the bar lists the entry: not an answer typed just now, nor one whose page reports on it itself. */
  function isTold(entry) {
    if (entry.kind === "text") return !store.isHeld(entry.id);
    if (isStuck(entry)) return !store.isHeld(entry.id) || Boolean(entry.problem);
    return tried(entry) > 0 || (!store.isHeld(entry.id) && Math.abs(Date.now() - Date.parse(entry.at)) > FRESH);
  }

  function show() {
    clearTimeout(timer);
    const all = store.list();
    const told = all.filter(isTold).sort((one, other) => one.label.localeCompare(other.label, undefined, { numeric: true }));
    timer = all.length > told.length ? setTimeout(show, FRESH) : null;
    const waiting = told.filter(sending.isWaiting);
    const texts = told.filter((entry) => entry.kind === "text");
    const stuck = told.filter(isStuck);
    say("answers", waiting, words.oneAnswer, words.manyAnswers, how(waiting));
    sayTried(waiting);
    say("texts", texts, words.oneText, words.manyTexts, "");
    say("stuck", stuck, words.oneStuck, words.manyStuck, "");
    part("impossible").hidden = store.isPossible || !document.querySelector("main form[method=post] textarea");
    part("send").hidden = !waiting.length;
    part("details").hidden = !told.length;
    list(told);
    bar.hidden = !told.length && part("impossible").hidden;
  }

  function how(waiting) {
    const last = Math.max(0, ...waiting.map(tried));
    const latest = waiting.find((entry) => tried(entry) === last && last);
    const parts = [words.how];
    if (latest && words[latest.body.why]) parts.unshift(words[latest.body.why]);
    return parts.join(" ");
  }

  /* Outside the status region: otherwise screen readers would read the whole bar again after every attempt. */
  function sayTried(waiting) {
    const last = Math.max(0, ...waiting.map(tried));
    part("tried").textContent = last ? words.lastTried.replace("%s", times.inWords(new Date(last))) : "";
    part("tried").hidden = !last;
  }

  /* One sentence of the bar. Replaced only if it changes, because it is read aloud. */
  function say(name, entries, one, many, end) {
    const place = part(name);
    const start = entries.length === 1 ? one : many.replace("%s", entries.length);
    const signature = JSON.stringify([start, entries.map((entry) => [entry.label, entry.url]), end]);
    place.hidden = !entries.length;
    if (place.dataset.said === signature) return;
    place.dataset.said = signature;
    place.replaceChildren();
    if (!entries.length) return;
    const bold = document.createElement("b");
    bold.textContent = start;
    place.append(bold);
    entries.forEach((entry, at) => place.append(at ? ", " : " ", link(entry)));
    place.append(end ? `. ${end}` : ".");
  }

  function link(entry) {
    const element = document.createElement(entry.url ? "a" : "span");
    if (entry.url) element.href = entry.url;
    const name = document.createElement("bdi");
    name.textContent = entry.label || words.unreadable;
    element.append(name);
    return element;
  }

  /* ---------- Entries ---------- */

  function list(told) {
    const items = part("items");
    const shown = new Map([...items.children].map((item) => [item.dataset.entry, item]));
    for (const [place, entry] of told.entries()) {
      const item = shown.get(entry.id) || newItem(entry.id);
      shown.delete(entry.id);
      if (items.children[place] !== item) items.insertBefore(item, items.children[place] || null);
      fill(item, entry);
    }
    for (const item of shown.values()) item.remove();
  }

  function newItem(id) {
    const item = document.createElement("li");
    item.dataset.entry = id;
    const head = document.createElement("p");
    const why = document.createElement("p");
    const row = document.createElement("div");
    const text = document.createElement("div");
    why.className = "error-text";
    row.className = "choice-row";
    text.className = "kept-text";
    text.dir = "auto";
    text.hidden = true;
    for (const [act, call] of Object.entries(ACTS)) row.append(button(act, () => call(id, item)));
    item.append(head, why, row, text);
    return item;
  }

  function button(act, call) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "as-link small";
    element.dataset.act = act;
    element.append(words[act]);
    element.addEventListener("click", call);
    return element;
  }

  function fill(item, entry) {
    const [head, why, row, text] = item.children;
    const name = entry.label || words.unreadable;
    const typed = entry.at ? `, ${words.typed.replace("%s", times.inWords(new Date(entry.at)))}` : "";
    const title = entry.body && typeof entry.body.title === "string" && entry.body.title ? `, ${entry.body.title}` : "";
    const signature = JSON.stringify([name, entry.url, title, typed]);
    if (head.dataset.said !== signature) {
      head.dataset.said = signature;
      head.replaceChildren(link(entry), `${title}${typed}`);
    }
    why.textContent = entry.problem || (entry.kind === "unreadable" ? words.unreadableWhy : "");
    why.hidden = !why.textContent;
    text.textContent = entry.text;
    for (const element of row.children) {
      const isSend = element.dataset.act === "send";
      const isOfText = ["show", "copy"].includes(element.dataset.act);
      element.hidden = (isSend && (!sending.isAnswer(entry) || sending.isOfPage(entry))) || (isOfText && !entry.text);
      if (element.children.length) continue;
      const of = document.createElement("span");
      of.className = "visually-hidden";
      of.textContent = ` ${name}`;
      element.append(of);
    }
  }

  const ACTS = {
    send: (id) => sending.sendAgain(id),
    show: (_id, item) => {
      const text = item.querySelector(".kept-text");
      text.hidden = !text.hidden;
      item.querySelector("[data-act=show]").setAttribute("aria-expanded", String(!text.hidden));
    },
    copy: async (id, item) => {
      try {
        await navigator.clipboard.writeText(store.get(id).text);
        item.querySelector("[data-act=copy]").firstChild.textContent = words.copied;
      } catch {
        item.querySelector(".kept-text").hidden = false;
        getSelection().selectAllChildren(item.querySelector(".kept-text"));
      }
    },
    discard: (id) => {
      const entry = store.get(id);
      if (!entry || !window.confirm(words.sureDiscard.replace("%s", entry.label || words.unreadable))) return;
      store.forget(id);
      sayDiscarded(id);
      store.tell({ kind: "discarded", id });
      const next = part("items").querySelector("button:not([hidden])") || document.getElementById("main");
      next.focus();
    },
  };

  /* The page that holds the entry, here or in another tab, releases it. */
  function sayDiscarded(id) {
    document.dispatchEvent(new CustomEvent("kept:discarded", { detail: { id } }));
  }

  /* ---------- Signing out ---------- */

  document.addEventListener("submit", (event) => {
    const isSignOut = new URL(event.target.action, location.href).pathname === words.signOut;
    if (!isSignOut || !store || !store.list().length || window.confirm(words.sureSignOut)) return;
    event.preventDefault();
  });

  async function start() {
    store = await keeping.open();
    part("send").addEventListener("click", () => sending.sendAll(true));
    store.onChange(show);
    store.onTold((news) => {
      if (news && news.kind === "discarded") sayDiscarded(news.id);
    });
    show();
  }

  start();
})();
