// The server renders the theme (no flash); here the button answers at once, and the form's post keeps the choice.
const root = document.documentElement;
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

const isDark = () => root.dataset.bsTheme === "dark" || (root.dataset.bsTheme === "auto" && systemIsDark.matches);

function show(theme) {
  root.dataset.bsTheme = theme;
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  document.dispatchEvent(new Event("sapa:theme"));
}

function keep(form, theme) {
  const body = new FormData(form);
  body.set("theme", theme);
  fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {});  // the cookie has it
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-theme-form]");
  if (!form) return;
  event.preventDefault();
  const asked = event.submitter.value, theme = asked === "toggle" ? (isDark() ? "light" : "dark") : asked;
  show(theme);
  keep(form, theme);
  for (const button of document.querySelectorAll("[data-theme-form] [aria-pressed]")) {
    button.setAttribute("aria-pressed", button.value === theme);
  }
});
systemIsDark.addEventListener("change", () => document.dispatchEvent(new Event("sapa:theme")));
