// One socket for each page; it says what changed, the page fetches what it may see.
import { fill } from "./hypertext";

interface Message {
  topic?: string;
  version: number;
  html?: Record<string, string>;
}

const LONGEST_WAIT = 30_000;
const fetching = new WeakSet<Element>();
const askedAgain = new WeakSet<Element>();
const waiting = new WeakSet<Element>();
let url: string | undefined;
let tries = 0;
let connected = false;

export function startLive(): void {
  url = document.body.dataset.liveUrl;
  if (url) connect(url);
}

function connect(path: string): void {
  const address = new URL(path, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address);
  socket.addEventListener("open", () => {
    tries = 0;
    showState("on");
  });
  socket.addEventListener("message", (event: MessageEvent<string>) => receive(JSON.parse(event.data) as Message));
  socket.addEventListener("close", () => {
    showState("off");
    const wait = Math.min(LONGEST_WAIT, 1000 * 2 ** tries++);
    setTimeout(() => connect(path), wait * (0.5 + Math.random() / 2));
  });
}

function showState(state: "on" | "off"): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-live-state]")) element.dataset.liveState = state;
}

function receive(message: Message): void {
  const known = Number(document.body.dataset.liveVersion);
  document.body.dataset.liveVersion = String(message.version);
  // The first message of a connection only says how far the room is: something was missed if the page knows less.
  if (message.topic === undefined) {
    if (message.version !== known) refreshAll();
    else if (connected) refreshAll("[data-live-private]"); // what is told to few is not counted in the version
    connected = true;
    return;
  }
  const html = message.html?.[document.documentElement.dataset.lang ?? ""];
  for (const element of document.querySelectorAll<HTMLElement>(`[data-live-topic~="${CSS.escape(message.topic)}"]`)) {
    update(element, html);
  }
}

function update(element: HTMLElement, html?: string): void {
  if (html !== undefined) whenFree(element, () => fill(element, html));
  else if (element.dataset.liveSrc) void refresh(element);
  else if ("liveNotice" in element.dataset) element.hidden = false;
}

function refreshAll(wanted = ""): void {
  for (const element of document.querySelectorAll<HTMLElement>(`${wanted}[data-live-src]`)) void refresh(element);
}

export async function refresh(element: HTMLElement): Promise<void> {
  if (fetching.has(element)) {
    askedAgain.add(element);
    return;
  }
  fetching.add(element);
  try {
    const answer = await fetch(element.dataset.liveSrc ?? "", { headers: { "HX-Request": "true" } });
    // A redirect means the session is over: a login page is no part of this one.
    if (answer.ok && !answer.redirected) {
      const html = await answer.text();
      whenFree(element, () => fill(element, html));
    }
  } catch {
    // Offline: everything is fetched again after the reconnect.
  } finally {
    fetching.delete(element);
    if (askedAgain.delete(element)) void refresh(element);
  }
}

const pending = new WeakMap<Element, () => void>();

/** Never replace what somebody is just using. */
function whenFree(element: HTMLElement, act: () => void): void {
  if (!inUse(element)) {
    act();
    return;
  }
  pending.set(element, act);
  if (waiting.has(element)) return;
  waiting.add(element);
  element.addEventListener("focusout", function retry() {
    // Only after the focus has arrived at its next place is it known whether it left.
    setTimeout(() => {
      if (inUse(element)) return;
      element.removeEventListener("focusout", retry);
      waiting.delete(element);
      pending.get(element)?.();
      pending.delete(element);
    });
  });
}

/** Somebody is at it: the focus is inside, or a box in it is ticked and not yet sent. */
function inUse(element: HTMLElement): boolean {
  return element.contains(document.activeElement) || element.querySelector("input[type=checkbox]:checked") !== null;
}
