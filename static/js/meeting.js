/* The meeting's screen by key: the arrows, and the page keys that a presenter's remote control sends, follow the links
   to the next and the previous question. In a page that reads from right to left the arrows change sides. */
"use strict";

(() => {
  const isMirrored = document.documentElement.dir === "rtl";
  const leads = {
    ArrowRight: isMirrored ? "prev" : "next",
    ArrowLeft: isMirrored ? "next" : "prev",
    PageDown: "next",
    PageUp: "prev",
  };

  document.addEventListener("keydown", (event) => {
    // In a field these keys move the cursor or the choice.
    if (event.target.closest("input, textarea, select")) return;
    const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    const link = isPlain && leads[event.key] && document.querySelector(`a[rel="${leads[event.key]}"]`);
    if (!link) return;
    event.preventDefault();
    location.assign(link.href);
  });

  document.querySelector("[data-keys]").hidden = false;
})();
