// Tells the library how far the reading is: the paragraph at the top of the window, and the end of
// the work. Loaded only where the reader asked for it.
"use strict";

(() => {
  const article = document.querySelector("article[data-work]");
  if (!article) return;
  const { work, chapter } = article.dataset;
  const places = [...article.querySelectorAll("[id]")].filter((place) => /^p\d+$/.test(place.id));
  /** How long the page rests before it tells, milliseconds. */
  const REST = 2000;
  let timer = 0;
  let told = "";

  /** The paragraph that is read now: the last one that begins above the upper third. */
  function place() {
    const line = window.innerHeight / 3;
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places[middle].getBoundingClientRect().top < line) low = middle + 1;
      else high = middle;
    }
    return low > 0 ? Number(places[low - 1].id.slice(1)) : 0;
  }

  function isAtEnd() {
    return "last" in article.dataset
      && article.getBoundingClientRect().bottom <= window.innerHeight + 8;
  }

  function tell() {
    clearTimeout(timer);
    const form = new URLSearchParams({ act: "place", work, chapter, paragraph: String(place()) });
    if (isAtEnd()) form.set("end", "1");
    if (form.toString() === told) return;
    told = form.toString();
    fetch("/reading/act", { method: "POST", body: form, keepalive: true }).catch(() => {
      told = "";
    });
  }

  addEventListener("scroll", () => {
    clearTimeout(timer);
    timer = setTimeout(tell, REST);
  }, { passive: true });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") tell();
  });
  timer = setTimeout(tell, REST);
})();
