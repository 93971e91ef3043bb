// A draft that several people edit: saved while one types, and everybody sees who else is at it.
import { addRow, markSaved } from "./forms";
import { csrfToken, fill } from "./hypertext";
import { refresh } from "./live";
import type { Parcel } from "./map";

const QUIET = 3_000; // after the last key
const HERE = 20_000; // how often the page says that it is open

interface Saved {
  version: number;
  html: string;
  rows: Record<string, number | null>;
  steps: number;
}

export function startDraft(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-draft]");
  if (form) new DraftForm(form);
}

class DraftForm {
  private timer = 0;
  private edits = 0; // counts what was typed, to know whether an answer is about all of it
  private running: Promise<void> | undefined;
  private readonly state = document.querySelector<HTMLElement>("[data-draft-state]");
  private readonly told: HTMLElement | null;

  constructor(private readonly form: HTMLFormElement) {
    this.told = form.querySelector<HTMLElement>("[data-saved]");
    form.addEventListener("input", (event) => this.typed(event));
    form.addEventListener("change", (event) => this.typed(event));
    form.addEventListener("submit", (event) => this.wait(event), { capture: true });
    form.addEventListener("parcelpicked", (event) => this.place(event as CustomEvent<Parcel>));
    setInterval(() => this.state && void refresh(this.state), HERE);
    if (this.state) void refresh(this.state);
  }

  private typed(event: Event): void {
    const name = (event.target as HTMLInputElement).name;
    if (!name || name === "find" || name.endsWith("-pick")) return;
    this.edits += 1;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), QUIET);
  }

  private async save(): Promise<void> {
    // One at a time: the next one starts from what this one gives.
    await this.running;
    this.running = this.send();
    await this.running;
    this.running = undefined;
  }

  private async send(): Promise<void> {
    const edits = this.edits;
    const body = new FormData(this.form);
    body.set("autosave", "1");
    try {
      const answer = await fetch(location.pathname, {
        method: "POST",
        body,
        headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
      });
      if (answer.redirected || !(answer.ok || [409, 422].includes(answer.status))) throw new Error(answer.statusText);
      if (answer.ok) this.saved((await answer.json()) as Saved, edits);
      else await this.refused(answer);
    } catch {
      this.say(this.form.dataset.draft ?? "");
    }
  }

  private saved(answer: Saved, edits: number): void {
    for (const field of document.querySelectorAll<HTMLInputElement>("input[name=version]")) {
      field.value = String(answer.version);
    }
    for (const [name, place] of Object.entries(answer.rows)) {
      const field = this.form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = place === null ? "" : String(place);
    }
    if (this.told) fill(this.told, answer.html);
    const undo = document.querySelector<HTMLElement>("[data-undo]");
    if (undo) undo.hidden = answer.steps === 0;
    for (const count of document.querySelectorAll("[data-steps]")) count.textContent = String(answer.steps);
    if (this.state) this.state.dataset.liveSrc = `${location.pathname}state/?version=${answer.version}`;
    if (edits === this.edits) markSaved(this.form);
  }

  /** A colleague was first, or something can not be read: the words say what to do, the next key tries again. */
  private async refused(answer: Response): Promise<void> {
    this.say(((await answer.json()) as { message: string }).message);
    if (this.state) await refresh(this.state);
  }

  private say(text: string): void {
    if (this.told) this.told.textContent = text;
  }

  /** What is just being saved must be saved before the whole page is sent. */
  private wait(event: SubmitEvent): void {
    clearTimeout(this.timer);
    if (!this.running) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    void this.running.then(() => this.form.requestSubmit(submitter));
  }

  /** The picked parcel's row: the one on this page, the one found elsewhere in the draft, or a new one. */
  private place(event: CustomEvent<Parcel>): void {
    const { code, land_use, site_area, floor_area } = event.detail;
    const fields = [...this.form.querySelectorAll<HTMLInputElement>("tr input[name$=-parcel]")];
    const known = fields.find((field) => field.value === code);
    if (known) known.focus();
    else if (this.taken(event.target as HTMLElement).includes(code)) this.find(code);
    else this.fill(addRow("dispositions"), { parcel: code, land_use, site_area, floor_area });
  }

  private taken(map: HTMLElement): string[] {
    return JSON.parse(map.dataset.taken ?? "[]") as string[];
  }

  private find(code: string): void {
    const field = this.form.elements.namedItem("find") as HTMLInputElement;
    field.value = code;
    this.form.requestSubmit(this.form.querySelector<HTMLElement>("button[name=look]"));
  }

  private fill(row: Element | undefined, values: Record<string, string>): void {
    for (const [name, value] of Object.entries(values)) {
      const field = row?.querySelector<HTMLInputElement>(`input[name$="-${name}"]`);
      if (field) field.value = value;
    }
    row?.querySelector<HTMLElement>("select")?.focus();
    row?.dispatchEvent(new Event("input", { bubbles: true }));
    this.typed({ target: row?.querySelector("input") } as unknown as Event);
  }
}
