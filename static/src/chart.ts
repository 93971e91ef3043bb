// ECharts with the SVG renderer. Tooltips are drawn, not written as HTML, and the spoken description comes from the
// page: so no style attribute reaches the parser and no sentence is in a language the reader did not choose.
import { BarChart, LineChart } from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  MarkPointComponent,
  TooltipComponent,
} from "echarts/components";
import { init, use, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { token, whenSized, words as wordsOf } from "./islands";

use([
  AriaComponent,
  BarChart,
  GridComponent,
  LegendComponent,
  LineChart,
  MarkLineComponent,
  MarkPointComponent,
  SVGRenderer,
  TooltipComponent,
]);

interface Cash {
  kind: "cash";
  years: (number | string)[];
  cumulative: (number | string)[];
  words?: Record<string, string>;
}
interface Bars {
  kind: "bars";
  labels: string[];
  series: { name: string; values: (number | string | null)[] }[];
  words?: Record<string, string>;
}
type Words = Record<string, string>;

export async function drawChart(element: HTMLElement): Promise<void> {
  const text = document.getElementById(element.dataset.chart ?? "")?.textContent;
  if (!text) throw new Error(`no data for chart ${element.dataset.chart}`);
  const data = JSON.parse(text) as Cash | Bars;
  const words = { ...wordsOf(element), ...data.words };
  element.hidden = false;
  await whenSized(element);
  if (!element.hasAttribute("role")) element.setAttribute("role", "img");
  if (words["title"] && !element.hasAttribute("aria-label")) element.setAttribute("aria-label", words["title"]);
  const chart = init(element, null, { renderer: "svg" });
  const show = () => {
    chart.setOption(option(data, words), true);
    chart.getZr().flush();
  };
  show();
  document.addEventListener("themechange", show);
  // Paper is light in either theme.
  matchMedia("print").addEventListener("change", show);
  new ResizeObserver(() => chart.resize()).observe(element);
}

function option(data: Cash | Bars, words: Words): EChartsCoreOption {
  return { ...frame(words), ...(data.kind === "cash" ? cash(data, words) : bars(data)) };
}

function frame(words: Words): EChartsCoreOption {
  const ink = token("ink");
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    backgroundColor: "transparent",
    color: [token("slate"), token("celadon"), token("ochre"), token("seal"), token("quiet")],
    textStyle: { color: ink, fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
    legend: { top: 0, textStyle: { color: ink } },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: token("surface"),
      borderColor: token("edge"),
      textStyle: { color: ink },
    },
    yAxis: {
      type: "value",
      boundaryGap: ["12%", "8%"],
      name: words["unit"] ?? "",
      nameTextStyle: { color: token("quiet"), align: "left" },
      axisLabel: { color: token("quiet") },
      splitLine: { lineStyle: { color: token("line") } },
    },
  };
}

function categories(data: (number | string)[]): EChartsCoreOption {
  return {
    type: "category",
    data: data.map(String),
    axisLabel: { color: token("quiet"), hideOverlap: true },
    axisLine: { lineStyle: { color: token("edge") } },
    axisTick: { alignWithLabel: true },
  };
}

function cash(data: Cash, words: Words): EChartsCoreOption {
  const values = data.cumulative.map(Number);
  const lowest = Math.min(...values);
  const peak = values.indexOf(lowest);
  const mark = {
    data: [{ coord: [peak, lowest], value: `${words["peak"] ?? ""} ${lowest.toLocaleString()}`.trim() }],
    symbol: "circle",
    symbolSize: 10,
    itemStyle: { color: token("seal") },
    label: {
      position: "bottom",
      color: token("ink"),
      textBorderColor: token("surface"),
      textBorderWidth: 3,
      formatter: "{c}",
    },
  };
  return {
    legend: { show: false },
    grid: { left: 8, right: 24, top: 40, bottom: 8, containLabel: true },
    xAxis: categories(data.years),
    series: [
      {
        type: "line",
        name: words["cumulative"] ?? "",
        data: values,
        symbol: "circle",
        symbolSize: 6,
        lineStyle: { width: 2.5 },
        markPoint: lowest < 0 ? mark : undefined,
        markLine: {
          data: [{ yAxis: 0 }],
          silent: true,
          symbol: "none",
          label: { show: false },
          lineStyle: { color: token("ink"), type: "solid" },
        },
      },
    ],
  };
}

function bars(data: Bars): EChartsCoreOption {
  return {
    xAxis: categories(data.labels),
    series: data.series.map(({ name, values }) => ({
      type: "bar",
      name,
      data: values.map((value) => (value === null ? null : Number(value))),
      barMaxWidth: 40,
    })),
  };
}
