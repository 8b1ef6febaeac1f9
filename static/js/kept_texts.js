/* Keeps the text typed into every form with a submit button until the server says that it is stored, and restores it
   to the form. Sends nothing. Answers, which are sent automatically, are handled by answer_saving.js.

   A form has a place: its address and its fields. On submitting, the form names its kept text, with a count of its
   changes; the server lists the names of what it stored (cpch/middleware/kept_texts.py), and only texts not changed
   since are forgotten. Nothing is kept of a form with data-keep="no" or with a password. */
"use strict";

(() => {
  const { keeping, times } = window.cpch || {};
  if (!keeping) return;
  const template = document.getElementById("kept-texts");
  const words = template.dataset;
  const TYPED = "textarea, input:not([type]), input[type=text], input[type=email], input[type=url], input[type=tel], input[type=date], input[type=number]";
  const NOT_KEPT = "[type=hidden], [type=password], [type=file], [type=submit], [type=button], [autocomplete=one-time-code], [readonly], button";

  const copy = (part) => template.content.querySelector(part).cloneNode(true);
  const when = (entry) => times.inWords(new Date(entry.at));
  const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const plain = (text) => text.replace(/\r\n/g, "\n");

  /* ---------- The fields of a form ---------- */

  const fieldsOf = (form) => Array.from(form.elements).filter((field) => field.name && field.matches("input, select, textarea") && !field.matches(NOT_KEPT));
  const typedFieldsOf = (form) => fieldsOf(form).filter((field) => field.matches(TYPED));

  function isKept(form) {
    const isPost = (form.getAttribute("method") || "").toLowerCase() === "post";
    if (!isPost || form.matches("[data-answers], [data-passkey], [data-keep=no]") || form.querySelector("[type=password]")) return false;
    return typedFieldsOf(form).length > 0;
  }

  /* The values by name, as submitted; `isGiven` selects those from the server. */
  function read(form, isGiven) {
    const values = {};
    for (const field of fieldsOf(form)) {
      const held = (values[field.name] = values[field.name] || []);
      if (field.matches("[type=checkbox], [type=radio]")) {
        if (isGiven ? field.defaultChecked : field.checked) held.push(field.value);
      } else if (field.matches("select")) {
        held.push(...chosen(field, isGiven));
      } else held.push(plain(isGiven ? field.defaultValue : field.value));
    }
    return values;
  }

  function chosen(select, isGiven) {
    const options = Array.from(select.options);
    const given = options.filter((option) => (isGiven ? option.defaultSelected : option.selected));
    if (!given.length && options.length && !select.multiple) given.push(options[0]);
    return given.map((option) => option.value);
  }

  function write(form, values) {
    const left = Object.fromEntries(Object.entries(values).map(([name, held]) => [name, [...held]]));
    for (const field of fieldsOf(form)) {
      const held = left[field.name];
      if (!held) continue;
      if (field.matches("[type=checkbox], [type=radio]")) field.checked = held.includes(field.value);
      else if (field.matches("select")) for (const option of field.options) option.selected = held.includes(option.value);
      else if (held.length) field.value = held.shift();
    }
  }

  /* Fills in the fields if they can hold all of it: a text is restored completely or not at all. */
  function putBack(form, values) {
    const held = read(form);
    write(form, values);
    const now = read(form);
    if (Object.entries(values).every(([name, given]) => isSame(now[name], given))) return true;
    write(form, held);
    return false;
  }

  /* Values that this form can hold: the same fields, and choices that it offers. */
  function fits(form, values) {
    if (typeof values !== "object" || values === null) return false;
    const fields = fieldsOf(form);
    if (!isSame(Object.keys(values).sort(), [...new Set(fields.map((field) => field.name))].sort())) return false;
    return Object.entries(values).every(([name, held]) => Array.isArray(held) && held.every((value) => typeof value === "string" && offers(fields.filter((field) => field.name === name), value)));
  }

  function offers(fields, value) {
    return fields.some((field) => {
      if (field.matches("select")) return Array.from(field.options).some((option) => option.value === value);
      return field.matches("[type=checkbox], [type=radio]") ? field.value === value : true;
    });
  }

  const label = (field) => (field.labels && field.labels.length ? field.labels[0].textContent.replace(/\s+/g, " ").trim() : field.name);

  function asText(form) {
    const filled = typedFieldsOf(form).filter((field) => field.value.trim());
    if (filled.length === 1) return plain(filled[0].value);
    return filled.map((field) => `${label(field)}: ${plain(field.value)}`).join("\n");
  }

  function nameOf(form) {
    if (form.dataset.keepLabel) return form.dataset.keepLabel;
    const heading = document.querySelector("main h1");
    const parts = [label(typedFieldsOf(form)[0]), heading ? heading.textContent.replace(/\s+/g, " ").trim() : ""];
    return parts.filter(Boolean).join(", ").slice(0, 100);
  }

  /* ---------- One form ---------- */

  class Keeper {
    constructor(form) {
      this.form = form;
      this.given = read(form, true);
      this.place = `form ${new URL(form.getAttribute("action") || location.pathname, location.href).pathname} ${Object.keys(this.given).join(" ")}`;
      this.store = null;
      this.id = null;
      this.count = 0;
      this.url = location.pathname + location.search + location.hash;
      this.isUnsafe = false;
      this.note = null;
      form.addEventListener("input", () => this.typed());
      form.addEventListener("change", () => this.typed());
      form.addEventListener("submit", (event) => this.sent(event));
    }

    get isTouched() {
      return !isSame(read(this.form), this.given);
    }

    typed() {
      const fields = read(this.form);
      if (isSame(fields, this.given) && !this.isReply) return this.letGo();
      if (!this.store) return undefined;
      this.id = this.id || this.store.newId();
      this.count += 1;
      const body = { fields, given: this.given, count: this.count };
      const entry = { id: this.id, kind: "text", place: this.place, label: nameOf(this.form), url: this.url, text: asText(this.form), body };
      return this.store.put(entry).then((isKept) => { this.isUnsafe = !isKept; });
    }

    /* The page shows text that was submitted and refused: equal to the server's values, but not stored. */
    get isReply() {
      return words.method === "POST" && this.id !== null;
    }

    letGo() {
      this.isUnsafe = false;
      if (this.id) this.store.forget(this.id);
      this.id = null;
      this.hideNote();
    }

    /* A button that removes something submits no text. */
    sent(event) {
      if (event.defaultPrevented) return;
      this.isUnsafe = false;
      const isRemoval = event.submitter && event.submitter.name === "remove";
      const field = this.form.elements.kept_text || document.createElement("input");
      Object.assign(field, { type: "hidden", name: "kept_text", value: this.id && !isRemoval ? `${this.id}.${this.count}` : "" });
      if (!field.isConnected) this.form.append(field);
    }

    /* ---------- Restoring ---------- */

    start(store) {
      this.store = store;
      // The store restores a text, and knows what was sent; the browser, on "Back", does not.
      if (store.isPossible) this.form.autocomplete = "off";
      if (this.isTouched) this.typed();
      for (const entry of store.list("text")) {
        if (entry.place === this.place && entry.id !== this.id) store.take(entry.id).then((held) => held && this.found(held));
      }
    }

    found(entry) {
      const body = entry.body || {};
      if (!fits(this.form, body.fields)) return this.offer(entry, false);
      const isStored = words.method === "GET" && isSame(body.fields, this.given);
      if (isStored) return this.store.forget(entry.id);
      if (isSame(body.fields, read(this.form)) && !this.id) return this.adopt(entry);
      if (this.id || this.isTouched || !isSame(body.given, this.given)) return this.offer(entry, true);
      if (!putBack(this.form, body.fields)) return this.offer(entry, false);
      this.adopt(entry);
      return this.showBack(entry);
    }

    adopt(entry) {
      this.id = entry.id;
      this.count = Number.isSafeInteger(entry.body.count) ? entry.body.count : 0;
      this.url = entry.url;
      this.isUnsafe = false;
    }

    /* ---------- Notes beside the form ---------- */

    show(note) {
      for (let parent = this.form; parent; parent = parent.parentElement) if (parent.matches("details")) parent.open = true;
      typedFieldsOf(this.form).at(-1).after(note);
    }

    hideNote() {
      if (this.note) this.note.remove();
      this.note = null;
    }

    showBack(entry) {
      this.hideNote();
      this.note = copy("[data-kept-back]");
      this.show(this.note);
      this.note.querySelector("[role=status]").textContent = words.back.replace("%s", when(entry));
      this.note.querySelector("[data-kept-discard]").addEventListener("click", () => {
        if (!window.confirm(words.sureDiscard)) return;
        write(this.form, this.given);
        this.letGo();
        typedFieldsOf(this.form)[0].focus();
      });
    }

    /* A text that does not fit the form as it is now; it never replaces another automatically. */
    offer(entry, isUsable) {
      const note = copy("[data-kept-other]");
      this.show(note);
      note.dataset.entry = entry.id;
      note.querySelector("[role=status]").textContent = words.other.replace("%s", when(entry));
      note.querySelector(".kept-text").textContent = entry.text;
      const use = note.querySelector("[data-kept-use]");
      use.hidden = !isUsable;
      use.addEventListener("click", () => this.use(entry, note));
      note.querySelector("[data-kept-copy]").addEventListener("click", (event) => copyText(event.target, note));
      note.querySelector("[data-kept-discard]").addEventListener("click", () => {
        if (!window.confirm(words.sureDiscard)) return;
        this.store.forget(entry.id);
        this.removeOffer(note);
      });
    }

    use(entry, note) {
      const replaced = this.id ? this.store.get(this.id) : null;
      if (!putBack(this.form, entry.body.fields)) {
        note.querySelector("[data-kept-use]").hidden = true;
        return;
      }
      this.hideNote();
      this.adopt(entry);
      this.removeOffer(note);
      this.typed();
      if (replaced) this.offer(replaced, true);
    }

    removeOffer(note) {
      note.remove();
      typedFieldsOf(this.form)[0].focus();
    }

    /* Another part of the page, such as the kept bar, has discarded the entry. */
    discarded(id) {
      if (this.id === id) {
        this.id = null;
        this.hideNote();
      }
      for (const note of this.form.querySelectorAll(`[data-entry="${CSS.escape(id)}"]`)) note.remove();
    }
  }

  async function copyText(button, note) {
    const text = note.querySelector(".kept-text");
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = words.copied;
    } catch {
      getSelection().selectAllChildren(text);
    }
  }

  /* ---------- All forms of the page ---------- */

  const keepers = Array.from(document.forms).filter(isKept).map((form) => new Keeper(form));

  function forgetStored(store) {
    const stored = words.stored.split(" ").filter(Boolean).map((name) => name.split("."));
    for (const [id, count] of stored) {
      const entry = store.get(id);
      if (entry && entry.kind === "text" && entry.body && String(entry.body.count) === count) store.forget(id);
    }
  }

  async function start() {
    const store = await keeping.open();
    keeping.warnWhile(() => keepers.some((keeper) => keeper.isUnsafe));
    forgetStored(store);
    for (const keeper of keepers) keeper.start(store);
    document.addEventListener("kept:discarded", (event) => keepers.forEach((keeper) => keeper.discarded(event.detail.id)));
  }

  start();
})();
