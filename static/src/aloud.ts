// Reads the sentences before a button aloud, where the browser can; the same button stops.

export function startReading(): void {
  if (!("speechSynthesis" in window)) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-read-aloud]")) button.hidden = false;
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("[data-read-aloud]");
    if (button) toggle(button);
  });
  addEventListener("pagehide", () => speechSynthesis.cancel());
}

function toggle(button: HTMLButtonElement): void {
  const reading = button.getAttribute("aria-pressed") === "true";
  speechSynthesis.cancel(); // what was being read ends, and its button turns back by itself
  if (reading) return;
  const text = button.previousElementSibling?.textContent ?? "";
  const speech = new SpeechSynthesisUtterance(spoken(text));
  speech.lang = document.documentElement.lang === "en" ? "en" : "zh-CN";
  speech.rate = 0.9;
  const label = button.textContent;
  const back = (): void => {
    button.setAttribute("aria-pressed", "false");
    button.textContent = label;
  };
  speech.addEventListener("end", back);
  speech.addEventListener("error", back);
  button.setAttribute("aria-pressed", "true");
  button.textContent = button.dataset.stop ?? label;
  speechSynthesis.speak(speech);
}

// Separators of thousands and signs are not words.
function spoken(text: string): string {
  return text
    .replace(/(\d),(?=\d{3})/g, "$1")
    .replace(/m²/g, document.documentElement.lang === "en" ? " square metres" : "平方米")
    .replace(/\s+/g, " ")
    .trim();
}
