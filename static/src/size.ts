// Three sizes of type, kept in this browser.

const KEY = "type-size";
const SIZES = ["normal", "large", "largest"];

export function applySize(): void {
  try {
    document.documentElement.dataset.size = localStorage.getItem(KEY) ?? "normal";
  } catch {
    // storage may be switched off
  }
}

export function startSize(): void {
  document.addEventListener("click", (event) => {
    if (!(event.target as Element).closest("[data-size-toggle]")) return;
    const root = document.documentElement;
    const next = SIZES[(SIZES.indexOf(root.dataset.size ?? "") + 1) % SIZES.length] ?? "normal";
    root.dataset.size = next;
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // kept for this page only
    }
  });
}
