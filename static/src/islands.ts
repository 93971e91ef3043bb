// Islands are loaded only on pages that hold one.
type Island = (element: HTMLElement) => void | Promise<void>;

const loaders: Record<string, () => Promise<Island>> = {
  map: async () => (await import("./map")).drawMap,
  logcheck: async () => (await import("./logcheck")).startLogCheck,
  chart: async () => (await import("./chart")).drawChart,
};

export function startIslands(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-island]:not([data-island-state])")) {
    element.dataset.islandState = "loading";
    void start(element);
  }
}

async function start(element: HTMLElement): Promise<void> {
  try {
    const draw = await loaders[element.dataset.island ?? ""]?.();
    await draw?.(element);
    element.dataset.islandState = "ready";
  } catch (error) {
    // The page holds the same figures as a table, so a missing picture hides nothing.
    element.dataset.islandState = "failed";
    element.hidden = true;
    console.error(error);
  }
}

/** A picture can only be drawn on an element with a size: not in a closed <details>, not before it is opened. */
export function whenSized(element: HTMLElement): Promise<void> {
  if (element.clientWidth && element.clientHeight) return Promise.resolve();
  return new Promise((resolve) => {
    const observer = new ResizeObserver(() => {
      if (!element.clientWidth || !element.clientHeight) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(element);
  });
}

/** Words of the interface, given by the page in its own language. */
export function words(element: HTMLElement): Record<string, string> {
  return {
    ...parse(document.getElementById("words")?.textContent),
    ...parse(element.dataset.words),
  };
}

function parse(text: string | null | undefined): Record<string, string> {
  return text ? (JSON.parse(text) as Record<string, string>) : {};
}

/** A colour token of app.css as the page shows it now. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--tc-${name}`).trim();
}
