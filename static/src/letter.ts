/** The code of a letter comes behind `#`, which no server sees: put it into the field, and out of the address. */
export function startLetter(): void {
  const field = document.querySelector<HTMLInputElement>("[data-letter-code]");
  if (!field || location.hash.length < 2) return;
  if (location.hash !== "#main") field.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}
