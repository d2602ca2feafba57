// Fetches the page every two seconds and puts its live part in place, so that
// opened lists stay open and the place on the page is kept. When the centre does
// not answer, the page says that it is old instead of looking current.
"use strict";
(() => {
  const stale = document.getElementById("stale");
  const keep = () => new Set([...document.querySelectorAll("details[open]")].map((d) => d.id));
  async function refresh() {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(6000) });
    if (!answer.ok) throw new Error(String(answer.status));
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
    const now = document.getElementById("live");
    const open = keep();
    const focused = document.activeElement && document.activeElement.closest("#live details")?.id;
    for (const d of next.querySelectorAll("details")) d.open = open.has(d.id);
    now.replaceWith(next);
    if (focused) document.getElementById(focused)?.querySelector("summary")?.focus({ preventScroll: true });
  }
  async function turn() {
    if (!document.hidden) {
      try {
        await refresh();
        stale.hidden = true;
      } catch {
        stale.hidden = false;
      }
    }
    setTimeout(turn, 2000);
  }
  setTimeout(turn, 2000);
  document.documentElement.classList.add("live");
})();
