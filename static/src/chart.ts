// ECharts with the SVG renderer. Tooltips are drawn, not written as HTML, and the description in words comes from the
// page: so no style attribute reaches the parser and no sentence is in a language the reader did not choose.
import { BarChart, BoxplotChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { cash, type Cash } from "./charts/cash";
import { frame, look, type Look, type Picture, type Words } from "./charts/look";
import { sides, type Sides } from "./charts/sides";
import { spread, type Spread } from "./charts/spread";
import { tornado, type Tornado } from "./charts/tornado";
import { whenSized, words as wordsOf } from "./islands";

use([BarChart, BoxplotChart, GridComponent, LineChart, MarkLineComponent, ScatterChart, SVGRenderer, TooltipComponent]);

type Data = (Cash | Spread | Sides | Tornado) & { words?: Words };

export async function drawChart(element: HTMLElement): Promise<void> {
  const text = document.getElementById(element.dataset.chart ?? "")?.textContent;
  if (!text) throw new Error(`no data for chart ${element.dataset.chart}`);
  const data = JSON.parse(text) as Data;
  const words = { ...wordsOf(element), ...data.words };
  element.hidden = false;
  await whenSized(element);
  if (!element.hasAttribute("role")) element.setAttribute("role", "img");
  const { height } = picture(data, words, look(element));
  if (height) element.style.height = `${height}px`;
  const chart = init(element, null, { renderer: "svg" });
  const watching = new AbortController();
  let drawn: Look | undefined;
  const show = () => {
    drawn = undefined;
    if (!element.isConnected) {
      watching.abort();
      chart.dispose();
    }
    if (!element.clientWidth) return;
    drawn = look(element);
    chart.resize();
    chart.setOption(whole(frame(drawn), picture(data, words, drawn).option), true);
    chart.getZr().flush();
  };
  show();
  document.addEventListener("themechange", show, { signal: watching.signal });
  // Paper is light in either theme.
  matchMedia("print").addEventListener("change", show, { signal: watching.signal });
  new ResizeObserver(() => element.clientWidth !== drawn?.width && show()).observe(element);
}

function whole(base: EChartsCoreOption, own: EChartsCoreOption): EChartsCoreOption {
  return { ...base, ...own, tooltip: { ...(base["tooltip"] as object), ...(own["tooltip"] as object) } };
}

function picture(data: Data, words: Words, now: Look): Picture {
  switch (data.kind) {
    case "cash":
      return cash(data, words, now);
    case "spread":
      return spread(data, words, now);
    case "sides":
      return sides(data, words, now);
    case "tornado":
      return tornado(data, words, now);
  }
}
