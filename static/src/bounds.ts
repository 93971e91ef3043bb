// A slider beside the two bounds of a negotiable term: it sets both as so many per cent below and above the amount.

const MOST = 50;

export function startBounds(): void {
  for (const form of document.querySelectorAll<HTMLElement>("form[data-bounds]")) {
    for (const row of form.querySelectorAll("tbody tr")) addSlider(row, form.dataset.bounds ?? "");
    form.addEventListener("rowadded", (event) => addSlider(event.target as Element, form.dataset.bounds ?? ""));
  }
}

function addSlider(row: Element, words: string): void {
  const field = (name: string) => row.querySelector<HTMLInputElement>(`input[name$="-${name}"]`);
  const [low, high, amount] = [field("low"), field("high"), field("quantity") ?? field("yuan")];
  if (!low || !high || !amount) return;
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", min: "0", max: String(MOST), step: "1", className: "form-range" });
  slider.value = String(share(Number(amount.value), Number(high.value)));
  slider.setAttribute("aria-label", words);
  const shown = document.createElement("output");
  shown.className = "hint";
  const tell = () => (shown.textContent = Number(slider.value) ? `± ${slider.value} %` : "");
  slider.addEventListener("input", () => {
    const [value, part] = [Number(amount.value), Number(slider.value) / 100];
    low.value = part && value > 0 ? (value * (1 - part)).toFixed(2) : "";
    high.value = part && value > 0 ? (value * (1 + part)).toFixed(2) : "";
    tell();
  });
  tell();
  high.closest("td")?.append(slider, shown);
}

function share(amount: number, high: number): number {
  return amount > 0 && high > amount ? Math.min(MOST, Math.round((high / amount - 1) * 100)) : 0;
}
