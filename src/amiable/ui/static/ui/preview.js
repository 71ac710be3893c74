// Shows what is being written as its reader will see it: the form is sent to the iframe's address a moment after a key.
const WAIT_MS = 400;
let waiting = 0;

const show = () => {
  const form = document.querySelector("form[data-preview]");
  const button = form?.querySelector("[data-preview-button]");
  if (button) form.requestSubmit(button);
};

document.addEventListener("input", (event) => {
  if (!event.target.closest("form[data-preview]")) return;
  clearTimeout(waiting);
  waiting = setTimeout(show, WAIT_MS);
});
document.addEventListener("htmx:afterSettle", show);
show();
