// Rows: choosing all of them, counting the chosen ones, filters that apply as one types.
const chosen = (form) => form.querySelectorAll(".table__select:checked").length;

const count = (form) => {
  for (const place of form.querySelectorAll("[data-chosen]")) place.textContent = String(chosen(form));
};

document.addEventListener("change", (event) => {
  const form = event.target.closest("form");
  if (!form) return;
  if (event.target.matches("[data-choose-all]")) {
    for (const box of form.querySelectorAll(".table__select")) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-choose-all], .table__select")) count(form);
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-choose-none]")) return;
  const form = event.target.closest("form");
  for (const box of form.querySelectorAll(".table__select, [data-choose-all]")) box.checked = false;
});

// Empty filters do not clutter the address.
document.addEventListener("htmx:configRequest", (event) => {
  const form = event.target.closest("form.filters");
  if (!form) return;
  for (const [name, value] of [...event.detail.formData.entries()]) {
    if (value === "") event.detail.formData.delete(name);
  }
});
