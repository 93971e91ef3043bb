// "Check in my browser": the log's entries are fetched in parts and hashed here; the server gives bytes, nothing else.
import { make } from "./dom";
import { words } from "./islands";
import { hex, isSigned, leafHash, lines, readKey, readNote, rootOf, same, sha256, type Bytes, type Note } from "./tree";

const PART = 1024; // leaves of one complete subtree, and what the server hands out at once
const HASH = 32;
const MOST_NAMED = 20;

export function startLogCheck(element: HTMLElement): void {
  new LogCheck(element);
}

class LogCheck {
  private readonly form: HTMLFormElement;
  private readonly bar: HTMLProgressElement;
  private readonly state: HTMLElement;
  private readonly found: HTMLElement;
  private readonly cancel: HTMLButtonElement;
  private readonly say: Record<string, string>;
  private leaves: Bytes[] = [];
  private running: AbortController | undefined;

  constructor(private readonly element: HTMLElement) {
    this.form = this.part("form");
    this.bar = this.part("progress");
    this.state = this.part("[data-check-state]");
    this.found = this.part("[data-check-found]");
    this.cancel = this.part("[data-check-cancel]");
    this.say = words(element);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.start();
    });
    this.cancel.addEventListener("click", () => this.running?.abort());
    this.form.hidden = false;
  }

  private part<Part extends HTMLElement>(selector: string): Part {
    return this.element.querySelector(selector) as Part;
  }

  private async start(): Promise<void> {
    if (!("subtle" in crypto)) return this.tell("✗", this.say.insecure ?? "");
    const button = this.part<HTMLButtonElement>("button[type=submit]");
    this.running = new AbortController();
    this.found.replaceChildren();
    this.leaves = [];
    button.disabled = true;
    this.bar.hidden = this.cancel.hidden = false;
    try {
      await this.check();
    } catch (error) {
      const stopped = (error as Error).name === "AbortError";
      this.tell("✗", (stopped ? this.say.cancelled : this.say.failed) ?? "");
    } finally {
      this.bar.hidden = this.cancel.hidden = true;
      button.disabled = false;
      this.state.textContent = this.say.ended ?? "";
    }
  }

  private async check(): Promise<void> {
    const note = readNote(new TextDecoder().decode(await this.fetch(this.element.dataset.note ?? "")));
    const root = await this.hashEntries(note.size);
    if (this.leaves.length < note.size) this.tell("✗", `${this.say.short} ${this.leaves.length} / ${note.size}`);
    else if (same(root, note.root)) this.tell("✓", `${this.say.fits} ${hex(root)}`);
    else await this.nameFaults(note, root);
    await this.checkSignature(note);
  }

  /** The root over the entries, part by part; while one is hashed the next is on its way. */
  private async hashEntries(size: number): Promise<Bytes> {
    const roots: Bytes[] = [];
    let next = this.entries(0);
    for (let begin = 0; begin < size; begin += PART) {
      const raw = lines(await next).slice(0, size - begin);
      if (begin + PART < size) {
        next = this.entries(begin + PART);
        next.catch(() => undefined); // told where it is awaited
      }
      const hashes = await Promise.all(raw.map(leafHash));
      this.leaves.push(...hashes);
      roots.push(await rootOf(hashes));
      this.bar.value = this.leaves.length / size;
      this.state.textContent = `${this.leaves.length} / ${size}`;
      this.running?.signal.throwIfAborted();
    }
    return rootOf(roots);
  }

  private entries(begin: number): Promise<Bytes> {
    return this.fetch(`${this.element.dataset.leaves}?from=${begin}`);
  }

  /** The sealed leaf hashes tell which entry is another: they are believed only if they lead to the sealed root. */
  private async nameFaults(note: Note, root: Bytes): Promise<void> {
    this.tell("✗", `${this.say.differs} ${hex(root)} ≠ ${hex(note.root)}`);
    const sealed = await this.sealedHashes(note.size);
    if (!same(await rootOf(sealed), note.root)) return this.tell("✗", this.say.unknown ?? "");
    const faults = sealed.flatMap((hash, index) => (same(hash, this.leaves[index] as Bytes) ? [] : [index]));
    for (const index of faults.slice(0, MOST_NAMED)) {
      const link = make("a", { href: `${this.element.dataset.entry}${index}/` }, `${this.say.entry} ${index}`);
      this.tell("✗", this.say.changed ?? "", link);
    }
    if (faults.length > MOST_NAMED) this.tell("✗", `… ${faults.length}`);
  }

  private async sealedHashes(size: number): Promise<Bytes[]> {
    const found: Bytes[] = [];
    while (found.length < size) {
      const raw = await this.fetch(`${this.element.dataset.hashes}?from=${found.length}`);
      if (!raw.length) break;
      for (let place = 0; place < raw.length && found.length < size; place += HASH) {
        found.push(raw.subarray(place, place + HASH));
      }
    }
    return found;
  }

  private async checkSignature(note: Note): Promise<void> {
    const field = this.form.elements.namedItem("key") as HTMLInputElement;
    let key;
    try {
      key = await readKey(field.value);
    } catch {
      return this.tell("✗", this.say.nokey ?? "");
    }
    const signed = await isSigned(note, key);
    const fingerprint = hex(await sha256(key.public));
    if (signed === undefined) this.tell("–", this.say.unsupported ?? "");
    else if (signed) this.tell("✓", `${this.say.signed} ${fingerprint}`);
    else this.tell("✗", this.say.unsigned ?? "");
  }

  private async fetch(address: string): Promise<Bytes> {
    const answer = await fetch(address, { signal: this.running?.signal ?? null, cache: "no-store" });
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    return new Uint8Array(await answer.arrayBuffer());
  }

  private tell(sign: string, text: string, ...more: Node[]): void {
    const state = { "✓": "status-met", "✗": "status-broken" }[sign] ?? "hint";
    this.found.append(make("li", { class: state }, `${sign} `, ...more, ` ${text}`));
  }
}
