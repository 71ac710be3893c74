// The theme changes at once; the cookie tells the server for the next page. Without script the form does it all.
document.addEventListener("submit", (event) => {
  const choice = event.submitter;
  if (!choice || choice.name !== "theme") return;
  event.preventDefault();
  document.documentElement.dataset.theme = choice.value;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${choice.value}; path=/; max-age=31536000; samesite=lax${secure}`;
  for (const other of document.querySelectorAll("button[name=theme]")) {
    other.setAttribute("aria-pressed", String(other.value === choice.value));
  }
});
