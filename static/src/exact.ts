// A figure in 万元 shows its exact yuan when it is tapped, and hides it when it is tapped again.

export function startExact(): void {
  document.addEventListener("click", (event) => {
    const figure = (event.target as Element).closest<HTMLElement>("data[title], [class^=gain-][title]");
    if (!figure || figure.closest("summary, a, button")) return;
    const shown = figure.querySelector(".exact");
    if (shown) shown.remove();
    else figure.append(exact(figure.title));
  });
}

function exact(text: string): HTMLElement {
  const note = document.createElement("span");
  note.className = "exact";
  note.textContent = text;
  return note;
}
