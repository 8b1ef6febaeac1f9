/* The store for what a person typed and the server does not have yet: encrypted entries in localStorage.

   const store = await window.cpch.keeping.open();   // resolves once; never rejects
   store.isPossible        whether this browser can keep anything for this person (Web Crypto, storage, a key, free space)
   store.isOpen            whether it can read what it kept; a full device still can
   store.newId()           a random name for a new entry
   store.put(entry)        keeps or replaces an entry; resolves to whether the device holds it (see below)
   store.get(id)           the entry as known in this page, or undefined
   store.list(kind)        this person's entries on this device, of all tabs, latest first; all kinds without `kind`
   store.forget(id)        removes and releases an entry
   store.take(id)          waits until no other page works on the entry, then resolves to the entry as it is now, held
                           by this page until forget() or release(); resolves to null if it has gone meanwhile
   store.takeIfFree(id)    the same without waiting: null where another page holds the entry
   store.release(id)       lets other pages take the entry
   store.isHeld(id)        whether this page holds the entry
   store.onChange(call)    calls back after every change, in this tab or another
   store.tell(news)        tells this person's other open pages something, which is not stored
   store.onTold(call)      calls back with what another page tells; every page tells { kind: "opened" } on loading
   The kept bar discards an entry that a page holds with the event "kept:discarded" on document (detail: { id }).
   window.cpch.keeping.warnWhile(isUnsafe)   leaving the page warns while isUnsafe() returns true

   An entry is a plain object:
     id      from newId(); put() adds one where it is missing, and returns only whether it was kept, so choose it first
     kind    "answer": saved automatically, from any page;  "text": sent by its own button only
     place   what the entry belongs to, such as "<assessment>/<voice>/A.1"; pages look up their own entries by it
     label   its name in the kept bar, such as "A.1" or "Comment on A.4.1"
     url     the path of the page (with #fragment) on which the person typed it
     at      when it was typed, ISO 8601; put() sets it where it is missing
     text    everything typed as plain text: what "Show" shows and "Copy" copies
     body    anything that JSON can hold: what the page needs to put it back
     problem "" or a sentence: why it can no longer be sent
   An entry that cannot be read (damaged, or not of this shape) is listed with kind "unreadable", with its `text` where
   there is any. Check `body` against the page before you use it: it may come from an older version of the page.

   A page holds the entries it works on by a Web Lock, which the browser releases when the page is gone, even after
   a crash. New entries are held by the page that puts them. So put() at every input event; on load, take() the entries
   of your places and put them back into their fields; forget() when the server has confirmed.

   Encryption starts within put(), with no timer before it, and overlapping put() calls of one entry never store an
   older text over a newer one. The key comes with the page, masked, and stays in memory while the page is open. Names
   of entries are random; what identifies the person is derived from the key. */
"use strict";

(() => {
  const KINDS = ["answer", "text"];
  const PREFIX = "cpch-kept";
  const STRINGS = ["place", "label", "url", "at", "text"];
  const encode = (text) => new TextEncoder().encode(text);

  /* ---------- The person's key ---------- */

  /* The first half is a random mask, the second the masked key, as with the CSRF token. */
  function unmask(masked) {
    if (!/^[0-9a-f]{128}$/.test(masked || "")) return null;
    const bytes = Uint8Array.from(masked.match(/../g), (pair) => parseInt(pair, 16));
    return bytes.slice(32).map((byte, place) => byte ^ bytes[place]);
  }

  async function deriveKeys(raw) {
    const material = await crypto.subtle.importKey("raw", raw, "HKDF", false, ["deriveKey", "deriveBits"]);
    const use = (info) => ({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: encode(info) });
    const aes = { name: "AES-GCM", length: 256 };
    const [entries, tag] = await Promise.all([
      crypto.subtle.deriveKey(use("cpch kept entries"), material, aes, false, ["encrypt", "decrypt"]),
      crypto.subtle.deriveBits(use("cpch kept names"), material, 64),
    ]);
    return { entries, tag: hex(new Uint8Array(tag)) };
  }

  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

  /* ---------- Entries as stored text ---------- */

  function toBase64(bytes) {
    let text = "";
    for (let from = 0; from < bytes.length; from += 0x8000) {
      text += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
    }
    return btoa(text);
  }

  const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  /* The name of an entry is authenticated with it, so that entries cannot be swapped. */
  async function encrypt(key, name, entry) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const way = { name: "AES-GCM", iv, additionalData: encode(name) };
    const sealed = new Uint8Array(await crypto.subtle.encrypt(way, key, encode(JSON.stringify(entry))));
    const bytes = new Uint8Array(iv.length + sealed.length);
    bytes.set(iv);
    bytes.set(sealed, iv.length);
    return toBase64(bytes);
  }

  async function decrypt(key, name, stored) {
    const bytes = fromBase64(stored);
    const way = { name: "AES-GCM", iv: bytes.subarray(0, 12), additionalData: encode(name) };
    return new TextDecoder().decode(await crypto.subtle.decrypt(way, key, bytes.subarray(12)));
  }

  function hasShape(entry) {
    return (
      typeof entry === "object" &&
      entry !== null &&
      KINDS.includes(entry.kind) &&
      STRINGS.every((name) => typeof entry[name] === "string") &&
      !Number.isNaN(Date.parse(entry.at)) &&
      isOwnPath(entry.url) &&
      "body" in entry
    );
  }

  /* A path of this site, and nothing that a browser would interpret as another host or a script. */
  function isOwnPath(url) {
    try {
      return url.startsWith("/") && new URL(url, location.href).origin === location.origin;
    } catch {
      return false;
    }
  }

  const unreadable = (id, text) => ({ id, kind: "unreadable", place: "", label: "", url: "", at: "", text, body: null, problem: "" });

  async function read(keys, id, stored) {
    let plain = "";
    try {
      plain = await decrypt(keys.entries, nameOf(keys, id), stored);
      const entry = JSON.parse(plain);
      if (hasShape(entry)) return { problem: "", ...entry, id };
      return unreadable(id, entry && typeof entry.text === "string" && entry.text ? entry.text : plain);
    } catch {
      return unreadable(id, plain);
    }
  }

  const nameOf = (keys, id) => `${PREFIX}.${keys.tag}.${id}`;

  function storage() {
    try {
      return window.localStorage;
    } catch {
      return null;
    }
  }

  function canStore() {
    try {
      storage().setItem(`${PREFIX}-test`, "1");
      storage().removeItem(`${PREFIX}-test`);
      return true;
    } catch {
      return false;
    }
  }

  /* ---------- The store ---------- */

  class Store {
    constructor() {
      this.isOpen = false;
      this.isFull = false;
      this.keys = null;
      this.entries = new Map();
      this.held = new Map();
      this.own = new Set();
      this.asking = new Map();
      this.turn = 0;
      this.touched = new Map();
      this.written = new Map();
      this.listeners = [];
      this.channel = null;
    }

    get isPossible() {
      return this.isOpen && !this.isFull;
    }

    async open(raw) {
      if (!raw || !window.crypto || !crypto.subtle || !navigator.locks || !storage()) return this;
      try {
        this.keys = await deriveKeys(raw);
        this.channel = new BroadcastChannel(nameOf(this.keys, "news"));
        await this.readAll();
        this.isOpen = true;
        this.isFull = !canStore();
        window.addEventListener("storage", (event) => this.heard(event));
        this.tell({ kind: "opened" });
      } catch {
        this.keys = null;
      }
      return this;
    }

    async readAll() {
      const prefix = nameOf(this.keys, "");
      const names = Object.keys(storage()).filter((name) => name.startsWith(prefix));
      await Promise.all(names.map((name) => this.reread(name.slice(prefix.length))));
    }

    /* The entry as stored on the device; a version put by this page since, or still being written, is newer. */
    async reread(id) {
      const turn = this.touched.get(id) || 0;
      const stored = storage().getItem(nameOf(this.keys, id));
      const entry = stored === null ? undefined : await read(this.keys, id, stored);
      const touched = this.touched.get(id) || 0;
      if (touched > turn || touched > (this.written.get(id) || 0)) return this.entries.get(id);
      if (entry) this.entries.set(id, entry);
      else this.entries.delete(id);
      return entry;
    }

    async heard(event) {
      const prefix = nameOf(this.keys, "");
      if (event.key === null) await this.rereadAfterClearing();
      else if (event.key.startsWith(prefix)) await this.reread(event.key.slice(prefix.length));
      else return;
      this.changed();
    }

    async rereadAfterClearing() {
      await Promise.all([...this.entries.keys()].map((id) => this.reread(id)));
    }

    newId() {
      return hex(crypto.getRandomValues(new Uint8Array(12)));
    }

    get(id) {
      return this.entries.get(id);
    }

    list(kind) {
      const found = [...this.entries.values()].filter((entry) => !kind || entry.kind === kind);
      return found.sort((one, other) => other.at.localeCompare(one.at));
    }

    /* No await before the encryption, so that it begins within the event that calls this. */
    put(given) {
      if (!this.isOpen) return Promise.resolve(false);
      const entry = { problem: "", at: new Date().toISOString(), ...given, id: given.id || this.newId() };
      if (!hasShape(entry)) throw new TypeError("An entry needs the members that the head of keeping.js lists.");
      const turn = this.touch(entry.id);
      const sealed = encrypt(this.keys.entries, nameOf(this.keys, entry.id), entry);
      this.entries.set(entry.id, entry);
      // At once, not when the lock comes: else the kept bar would show for a moment, and move a button under a click.
      this.own.add(entry.id);
      this.hold(entry.id);
      this.changed();
      return sealed.then((text) => this.write(entry.id, text, turn)).catch(() => this.failed(entry.id, turn));
    }

    touch(id) {
      this.turn += 1;
      this.touched.set(id, this.turn);
      return this.turn;
    }

    write(id, text, turn) {
      if (turn < (this.written.get(id) || 0)) return true;
      storage().setItem(nameOf(this.keys, id), text);
      this.written.set(id, turn);
      this.noteFull(false);
      return true;
    }

    /* The device is full. Entries that it does not hold at all are not listed as kept. */
    failed(id, turn) {
      const isLatest = this.touched.get(id) === turn;
      if (isLatest && storage().getItem(nameOf(this.keys, id)) === null) this.entries.delete(id);
      this.noteFull(true);
      return false;
    }

    noteFull(isFull) {
      if (this.isFull === isFull) return;
      this.isFull = isFull;
      this.changed();
    }

    forget(id) {
      if (!this.isOpen) return;
      this.written.set(id, this.touch(id));
      this.entries.delete(id);
      try {
        storage().removeItem(nameOf(this.keys, id));
      } catch {
        /* An entry that cannot be removed is offered again, which loses nothing. */
      }
      this.release(id);
      this.changed();
    }

    /* ---------- Holding entries ---------- */

    take(id) {
      return this.takeWith(id, {});
    }

    takeIfFree(id) {
      return this.takeWith(id, { ifAvailable: true });
    }

    async takeWith(id, options) {
      if (!this.isOpen) return null;
      if (this.held.has(id)) return this.entries.get(id) || null;
      if (!(await this.acquire(id, options))) return null;
      const entry = await this.reread(id);
      if (!entry) this.release(id);
      this.changed();
      return entry || null;
    }

    async hold(id) {
      if (this.held.has(id)) return;
      await this.acquire(id, {});
      if (!this.entries.has(id)) this.release(id);
    }

    /* Resolves to whether this page has the lock. It lasts until release(), or until the page is gone. */
    acquire(id, options) {
      if (this.asking.has(id)) return this.asking.get(id);
      const asked = new Promise((resolve) => {
        const granted = (lock) => {
          this.asking.delete(id);
          resolve(Boolean(lock));
          return lock ? new Promise((release) => this.held.set(id, release)) : undefined;
        };
        navigator.locks.request(`${PREFIX}-${id}`, options, granted).catch(() => granted(null));
      });
      this.asking.set(id, asked);
      return asked;
    }

    release(id) {
      const release = this.held.get(id);
      this.held.delete(id);
      this.own.delete(id);
      if (release) release();
    }

    isHeld(id) {
      return this.held.has(id) || this.own.has(id);
    }

    onChange(call) {
      this.listeners.push(call);
    }

    tell(news) {
      if (this.channel) this.channel.postMessage(news);
    }

    onTold(call) {
      if (this.channel) this.channel.addEventListener("message", (event) => call(event.data));
    }

    changed() {
      for (const call of this.listeners) call();
    }
  }

  /* ---------- Public interface ---------- */

  const checks = [];
  window.addEventListener("beforeunload", (event) => {
    if (checks.some((isUnsafe) => isUnsafe())) event.preventDefault();
  });

  function maskedKey() {
    const given = document.getElementById("keeping");
    const masked = given ? given.dataset.key : "";
    if (given) delete given.dataset.key;
    return masked;
  }

  const opened = new Store().open(unmask(maskedKey()));

  window.cpch = Object.assign(window.cpch || {}, {
    keeping: { open: () => opened, warnWhile: (isUnsafe) => checks.push(isUnsafe) },
  });
})();
