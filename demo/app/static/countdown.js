// Counts the access token's life down. The page says how many seconds were left when it was made,
// so a wrong clock in the browser does no harm. Without this script the page names the time of death.
(() => {
  const box = document.querySelector("[data-left-s]");
  if (!box) return;
  const left = Number(box.dataset.leftS);
  const start = performance.now();
  const number = box.querySelector("[data-number]");
  const unit = box.querySelector("[data-unit]");
  const bar = box.querySelector("progress");
  const state = document.querySelector("[data-state]");

  function tick() {
    const now = Math.max(0, Math.ceil(left - (performance.now() - start) / 1000));
    number.textContent = String(now);
    unit.textContent = now === 1 ? "second left" : "seconds left";
    bar.value = now;
    box.classList.toggle("is-late", now > 0 && now <= 10);
    if (now > 0) {
      setTimeout(tick, 250);
    } else {
      box.classList.add("is-over");
      state.textContent = state.dataset.expired;
    }
  }
  tick();
  // A page taken from the back-forward cache is stale: ask again.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
