// Asks on behalf of the reader whether the phone has said anything. Without this script the button
// does it.
(() => {
  const form = document.querySelector("[data-look]");
  if (form) setTimeout(() => form.requestSubmit(), Number(form.dataset.look) * 1000);
})();
