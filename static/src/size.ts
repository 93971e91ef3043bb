// Three sizes of type, kept in this browser.

import { keep, kept } from "./kept";

const KEY = "type-size";
const SIZES = ["normal", "large", "largest"];

export function applySize(): void {
  document.documentElement.dataset.size = kept(KEY) ?? "normal";
}

export function startSize(): void {
  document.addEventListener("click", (event) => {
    if (!(event.target as Element).closest("[data-size-toggle]")) return;
    const root = document.documentElement;
    const next = SIZES[(SIZES.indexOf(root.dataset.size ?? "") + 1) % SIZES.length] ?? "normal";
    root.dataset.size = next;
    keep(KEY, next);
  });
}
