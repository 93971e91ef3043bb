// A word's meaning opens by tap and key of itself (popover); with a mouse also when the pointer rests on it.

const REST = 500; // milliseconds

export function startWords(): void {
  for (const word of document.querySelectorAll<HTMLButtonElement>("button.term")) {
    const text = word.popoverTargetElement as HTMLElement | null;
    if (!text) continue;
    let rest = 0;
    word.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") rest = setTimeout(() => text.showPopover(), REST);
    });
    for (const name of ["pointerleave", "pointerdown"]) word.addEventListener(name, () => clearTimeout(rest));
  }
}
