/* What was typed and is not saved yet, kept on this device from the first key until the server has confirmed it.

   A draft is kept under person, assessment, voice, question, the version it was typed on and the tab it was typed in,
   so that nobody sees or sends another person's, and two tabs never write over each other's. */
"use strict";

(() => {
  const DRAFT = "cpch-draft";
  const SAVED = "cpch-saved";
  const TAB = "cpch-tab";

  function storage() {
    try {
      return window.localStorage;
    } catch {
      return null;
    }
  }

  function newTab() {
    return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /* A tab holds a lock under its name for as long as it lives; a copied tab, which brings the name along, finds the
     lock taken and takes another name. */
  function hold(tab) {
    return new Promise((resolve) => {
      navigator.locks
        .request(`${TAB}-${tab}`, { ifAvailable: true }, (lock) => {
          resolve(Boolean(lock));
          return lock ? new Promise(() => {}) : undefined;
        })
        .catch(() => resolve(true));
    });
  }

  async function nameTab() {
    let tab = null;
    try {
      tab = sessionStorage.getItem(TAB);
    } catch {
      return newTab();
    }
    if (!tab || (navigator.locks && !(await hold(tab)))) {
      tab = newTab();
      if (navigator.locks) await hold(tab);
    }
    try {
      sessionStorage.setItem(TAB, tab);
    } catch {
      /* The name then lasts until the next page only; drafts are found all the same. */
    }
    return tab;
  }

  async function otherLivingTabs(own) {
    if (!navigator.locks) return new Set();
    const { held } = await navigator.locks.query();
    return new Set(held.map((lock) => lock.name.replace(`${TAB}-`, "")).filter((tab) => tab !== own));
  }

  class Drafts {
    constructor(person, assessment, voice) {
      this.scope = [person, assessment, voice].join(":");
      this.tab = newTab();
      this.living = new Set();
    }

    async open() {
      this.tab = await nameTab();
      this.living = await otherLivingTabs(this.tab);
      return this;
    }

    key(code, base) {
      return `${DRAFT}:${this.scope}:${code}:${base}:${this.tab}`;
    }

    /* Returns whether the device could keep it. */
    keep(code, base, record) {
      const wanted = this.key(code, base);
      try {
        storage().setItem(wanted, JSON.stringify({ ...record, path: location.pathname }));
      } catch {
        return false;
      }
      this.forget(this.found().filter((draft) => draft.code === code && draft.tab === this.tab && draft.key !== wanted));
      return true;
    }

    drop(code) {
      this.forget(this.found().filter((draft) => draft.code === code && draft.tab === this.tab));
    }

    forget(drafts) {
      for (const draft of drafts) {
        try {
          storage().removeItem(draft.key);
        } catch {
          /* Nothing can be kept here, so nothing is. */
        }
      }
    }

    /* Drafts of this person that no other living tab is at work on, the latest first. */
    orphans() {
      const mine = this.found().filter((draft) => !this.living.has(draft.tab));
      return mine.sort((one, other) => String(other.typedAt).localeCompare(String(one.typedAt)));
    }

    found() {
      const prefix = `${DRAFT}:${this.scope}:`;
      const drafts = [];
      try {
        const kept = storage();
        for (let place = 0; place < kept.length; place += 1) {
          const key = kept.key(place);
          if (!key.startsWith(prefix)) continue;
          const [code, base, tab] = key.slice(prefix.length).split(":");
          drafts.push({ key, code, base, tab, ...JSON.parse(kept.getItem(key)) });
        }
      } catch {
        return drafts;
      }
      return drafts;
    }

    /* Tells the person's other tabs what stands now. */
    tell(code, news) {
      const key = `${SAVED}:${this.scope}:${code}`;
      try {
        storage().setItem(key, JSON.stringify(news));
        storage().removeItem(key);
      } catch {
        /* The other tab then learns it from the server. */
      }
    }

    listen(heard) {
      const prefix = `${SAVED}:${this.scope}:`;
      window.addEventListener("storage", (event) => {
        if (event.key && event.key.startsWith(prefix) && event.newValue) {
          heard(event.key.slice(prefix.length), JSON.parse(event.newValue));
        }
      });
    }
  }

  window.cpch = Object.assign(window.cpch || {}, { Drafts });
})();
