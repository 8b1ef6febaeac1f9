/* What is typed into the long texts of a form[data-keep], kept in this tab until the server has it, so that signing in
   again, a reload or a server that is away loses nothing. It is kept under the person, so that nobody is shown
   another's. */
"use strict";

(() => {
  const plain = (text) => text.replace(/\r\n/g, "\n").trim();

  const store = {
    read: (key) => { try { return sessionStorage.getItem(key); } catch { return null; } },
    write: (key, text) => { try { sessionStorage.setItem(key, text); } catch { /* The field still holds it. */ } },
    drop: (key) => { try { sessionStorage.removeItem(key); } catch { /* Nothing was kept either. */ } },
  };

  for (const form of document.querySelectorAll("form[data-keep]")) {
    /* What was sent to a discussion stands in the thread beside the form, not in the field. */
    const said = Array.from(form.parentElement.querySelectorAll("[data-said]"), (item) => plain(item.textContent));

    for (const field of form.querySelectorAll("textarea")) {
      /* The page that answers a post has another address than the page it was typed on. */
      const key = `keep:${form.dataset.keep}:${form.dataset.keepFor}:${field.name}`;
      const kept = store.read(key);

      if (kept !== null && (plain(kept) === plain(field.value) || said.includes(plain(kept)))) {
        store.drop(key);
      } else if (kept !== null && !field.classList.contains("is-invalid")) {
        field.value = kept;
        form.querySelector("[data-kept-note]").hidden = false;
      }

      field.addEventListener("input", () => store.write(key, field.value));
      form.addEventListener("submit", (event) => {
        if (event.submitter && event.submitter.name === "remove") store.drop(key);
      });
    }
  }
})();
