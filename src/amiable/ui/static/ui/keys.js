// The keyboard's daily loop. Keys rest while somebody types, and while a dialog is open.
// A row takes part with data-row; a link or button takes a key with data-key="d" inside the row, else on the page.
const rows = () => [...document.querySelectorAll("[data-row]")];
const current = () => document.querySelector("[data-row].is-current");

const goTo = (row) => {
  if (!row) return;
  current()?.classList.remove("is-current");
  row.classList.add("is-current");
  row.scrollIntoView({ block: "nearest" });
  row.querySelector("[data-open]")?.focus({ preventScroll: true });
};

const move = (by) => {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  goTo(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]);
};

const press = (key) => {
  const selector = `[data-key="${key}"]`;
  const target = current()?.querySelector(selector) ?? document.querySelector(`:not([data-row] *)${selector}`);
  target?.click();
  return Boolean(target);
};

const typing = (element) => element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

let waitsForPlace = false;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key;
  if (waitsForPlace) {
    waitsForPlace = false;
    const place = document.querySelector(`[data-go="${key}"]`);
    if (place) {
      event.preventDefault();
      place.click();
    }
    return;
  }
  if (key === "g") {
    waitsForPlace = true;
    setTimeout(() => (waitsForPlace = false), 1200);
  } else if (key === "j" || key === "k") {
    event.preventDefault();
    move(key === "j" ? 1 : -1);
  } else if (key === "x") {
    const box = current()?.querySelector(".table__select");
    box?.click();
  } else if (key === "/") {
    const box = document.querySelector("[data-search]");
    if (box) {
      event.preventDefault();
      if (box.offsetParent) box.focus();
      else location.assign(box.form.action);
    }
  } else if (key === "?") {
    document.getElementById("help")?.showModal();
  } else if (key.length === 1 && press(key)) {
    event.preventDefault();
  }
});

// Whoever tabs or clicks into a row goes on from there.
document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  if (row && row !== current()) {
    current()?.classList.remove("is-current");
    row.classList.add("is-current");
  }
});

// When the current row was done and left, the next one takes its place.
let position = -1;
document.addEventListener("htmx:beforeSwap", () => {
  position = rows().indexOf(current());
});
document.addEventListener("htmx:afterSettle", () => {
  if (position >= 0 && !current() && !document.querySelector("dialog[open]")) goTo(rows()[Math.min(position, rows().length - 1)]);
});

// Down and up walk through what a search found.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const box = event.target.closest(".search-box");
  if (!box) return;
  const stops = [box.querySelector("[data-search]"), ...box.querySelectorAll(".found a")];
  const next = stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
  if (stops[next]) {
    event.preventDefault();
    stops[next].focus();
  }
});
