import { csrfToken, fill } from "./hypertext";

const DELAY = 400;

export function startForms(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-add-row]");
    if (button) addRow(button.dataset.addRow ?? "");
  });
  document.addEventListener("change", (event) => {
    const field = event.target as HTMLInputElement;
    if (field.matches("[data-autosubmit]")) field.form?.requestSubmit();
  });
  document.addEventListener("input", (event) => {
    const form = (event.target as HTMLInputElement).form;
    if (form && "guard" in form.dataset) changed.add(form);
    if (form?.dataset.totalsSrc) askTotals(form);
  });
  guardSubmit();
  guardLeaving();
}

/** A new row at the end of a table of rows, as its template has it. */
export function addRow(prefix: string): Element | undefined {
  const name = CSS.escape(prefix);
  const formset = document.querySelector(`[data-formset="${name}"]`);
  const template = formset?.querySelector("template");
  const rows = formset?.querySelector("[data-rows]");
  const total = document.querySelector<HTMLInputElement>(`input[name="${name}-TOTAL_FORMS"]`);
  if (!template || !rows || !total) return undefined;
  const holder = document.createElement("template");
  holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
  const row = holder.content.firstElementChild;
  if (!row) return undefined;
  rows.append(...holder.content.children);
  row.dispatchEvent(new Event("rowadded", { bubbles: true }));
  total.value = String(Number(total.value) + 1);
  row.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
  total.dispatchEvent(new Event("input", { bubbles: true }));
  return row;
}

// Totals while typing

const timers = new WeakMap<HTMLFormElement, number>();
const running = new WeakMap<HTMLFormElement, AbortController>();

function askTotals(form: HTMLFormElement): void {
  clearTimeout(timers.get(form));
  timers.set(
    form,
    window.setTimeout(() => void totals(form), DELAY),
  );
}

async function totals(form: HTMLFormElement): Promise<void> {
  running.get(form)?.abort();
  const controller = new AbortController();
  running.set(form, controller);
  const body = new FormData(form);
  body.set("totals", "1");
  try {
    const answer = await fetch(form.dataset.totalsSrc ?? "", {
      method: "POST",
      body,
      headers: { "HX-Request": "true", "X-CSRFToken": csrfToken() },
      signal: controller.signal,
    });
    const place = form.querySelector("[data-totals]") ?? document.querySelector("[data-totals]");
    if (place && !answer.redirected && answer.ok) fill(place, await answer.text());
  } catch {
    // Replaced by a newer question, or offline: the old totals stay until the next key.
  }
}

// Unsaved changes, and one answer for one click

const changed = new Set<HTMLFormElement>();

/** What was written is safe: leaving the page loses nothing. */
export function markSaved(form: HTMLFormElement): void {
  changed.delete(form);
}

function guardLeaving(): void {
  window.addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => form.isConnected)) event.preventDefault();
  });
}

function guardSubmit(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    // After this turn, so that the pressed button's own name and value are still sent.
    setTimeout(() => {
      // A GET form may be a download, after which the page stays.
      if (event.defaultPrevented || form.method !== "post") return;
      for (const words of form.querySelectorAll<HTMLElement>("[data-busy]")) words.hidden = false;
      for (const button of submits(form)) {
        if (button.disabled) continue;
        button.disabled = true;
        button.dataset.sent = "";
      }
    });
    if (!event.defaultPrevented) changed.delete(form);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target;
    const detail = (event as CustomEvent<{ successful: boolean }>).detail;
    if (form instanceof HTMLFormElement && detail.successful) changed.delete(form);
  });
  window.addEventListener("pageshow", () => {
    for (const words of document.querySelectorAll<HTMLElement>("[data-busy]")) words.hidden = true;
    for (const button of document.querySelectorAll<HTMLButtonElement>("[data-sent]")) {
      button.disabled = false;
      delete button.dataset.sent;
    }
  });
}

function submits(form: HTMLFormElement): HTMLButtonElement[] {
  return [...form.elements].filter(
    (element): element is HTMLButtonElement =>
      (element instanceof HTMLButtonElement || element instanceof HTMLInputElement) && element.type === "submit",
  );
}
