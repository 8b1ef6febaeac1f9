/* Times in the reader's own time zone; without a script they stand in UTC. */
"use strict";

(() => {
  // The rest of the site writes 9 February 2026; plain "en" would put the month first.
  const language = document.documentElement.lang.replace(/^en$/, "en-GB") || undefined;
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const calendar = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });

  function inWords(moment) {
    const time = clock.format(moment);
    return moment.toDateString() === new Date().toDateString() ? time : `${time}, ${calendar.format(moment)}`;
  }

  function show(root) {
    for (const element of root.querySelectorAll("time[data-local]")) {
      const moment = new Date(element.dateTime);
      if (!Number.isNaN(moment.valueOf())) element.textContent = inWords(moment);
    }
  }

  window.cpch = Object.assign(window.cpch || {}, { times: { inWords, show } });
  show(document);
})();
