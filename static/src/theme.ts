import { keep, kept } from "./kept";

const KEY = "theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

export function applyTheme(): void {
  document.documentElement.dataset.bsTheme = kept(KEY) ?? (dark.matches ? "dark" : "light");
}

export function startTheme(): void {
  applyTheme();
  showState();
  dark.addEventListener("change", change);
  document.addEventListener("click", (event) => {
    if (!(event.target as Element).closest("[data-theme-toggle]")) return;
    const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
    keep(KEY, next);
    document.documentElement.dataset.bsTheme = next;
    announce();
  });
}

function change(): void {
  applyTheme();
  announce();
}

function announce(): void {
  showState();
  document.dispatchEvent(new Event("themechange"));
}

function showState(): void {
  const pressed = String(document.documentElement.dataset.bsTheme === "dark");
  for (const button of document.querySelectorAll("[data-theme-toggle]")) button.setAttribute("aria-pressed", pressed);
}
