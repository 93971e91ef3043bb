// The basic account summed up over the years, with its deepest point.
import { token } from "../islands";
import { amounts, line, onLines, type Look, type Picture, type Words } from "./look";

export interface Cash {
  kind: "cash";
  years: number[];
  cumulative: (number | string)[];
  /** The same as written on the page. */
  labels?: string[];
  peak?: number | null;
}

export function cash(data: Cash, words: Words, look: Look): Picture {
  const values = data.cumulative.map(Number);
  const unit = words["unit"] ?? "";
  const written = (value: unknown, year: number) => `${data.labels?.[year] ?? String(value)} ${unit}`;
  return {
    option: {
      grid: { left: 0, right: 12, top: look.size * 2.5, bottom: 0 },
      xAxis: years(data.years, words["year"] ?? "", look.size),
      yAxis: { ...amounts(unit, look, "end"), boundaryGap: ["15%", "8%"] },
      series: [
        {
          type: "line",
          name: words["cumulative"] ?? "",
          data: values.map((value, year) => (year === data.peak ? deepest(value, year / values.length, words) : value)),
          symbol: "circle",
          symbolSize: 6,
          lineStyle: { width: 2.5 },
          markLine: line({ yAxis: 0 }, "solid"),
          tooltip: { valueFormatter: written },
        },
      ],
    },
  };
}

function years(data: number[], name: string, size: number): object {
  return {
    type: "category",
    name,
    nameLocation: "middle",
    nameGap: size * 2,
    nameTextStyle: { color: token("quiet"), fontSize: size },
    data: data.map(String),
    axisLabel: { color: token("quiet"), fontSize: size, hideOverlap: true },
    axisLine: { onZero: false, lineStyle: { color: token("edge") } },
    axisTick: { alignWithLabel: true },
  };
}

/** A larger mark with its amount, which is kept within the plot. */
function deepest(value: number, place: number, words: Words): object {
  return {
    value,
    symbol: "diamond",
    symbolSize: 16,
    itemStyle: { color: token("seal") },
    label: {
      show: true,
      position: "bottom",
      distance: 8,
      align: place < 0.33 ? "left" : place > 0.67 ? "right" : "center",
      formatter: words["peak"] ?? "",
      color: token("ink"),
      fontWeight: "bold",
      ...onLines(),
    },
  };
}
