// What opens above the page: the shared dialog, menus, toasts. Every link that opens the dialog is a page of its own too.
const dialog = document.getElementById("dialog");

// A link or form with hx-target="#dialog-content" fills the dialog; then it shows itself.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "dialog-content" && !dialog.open) dialog.showModal();
  if (event.detail.target.id === "dialog-content") {
    dialog.querySelector("[autofocus], [aria-invalid=true]")?.focus();
  }
});

document.addEventListener("htmx:responseError", () => {
  const template = document.getElementById("went-wrong");
  if (template) document.getElementById("toasts").append(template.content.cloneNode(true));
});

dialog?.addEventListener("close", () => document.getElementById("dialog-content").replaceChildren());

document.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close(); // the backdrop belongs to the dialog
  const close = event.target.closest("[data-close]");
  if (close && close.closest("dialog")) {
    event.preventDefault();
    close.closest("dialog").close();
  }
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const panel = document.getElementById(opener.dataset.opens);
    if (panel) {
      event.preventDefault();
      panel.showModal();
    }
  }
  event.target.closest("[data-dismiss]")?.closest("[data-toast]")?.remove();
  if (event.target.closest("[data-print]")) window.print();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (!event.target.closest(".search-box")) document.querySelector(".found")?.replaceChildren();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelector(".found")?.replaceChildren();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A toast leaves by itself, but not while somebody reads it or is about to press undo.
const LEAVES_AFTER_MS = 9000;
const leave = (toast) => {
  setTimeout(() => (toast.matches(":hover, :focus-within") ? leave(toast) : toast.remove()), LEAVES_AFTER_MS);
};
const seen = new WeakSet();
const watch = () => {
  for (const toast of document.querySelectorAll("[data-toast]")) {
    if (!seen.has(toast)) leave(toast);
    seen.add(toast);
  }
};
watch();
new MutationObserver(watch).observe(document.getElementById("toasts"), { childList: true, subtree: true });
