// Pictures that consist of rows: a name, below it what is drawn, at the bottom an axis of amounts. Names stand above
// and not beside, so that a phone's whole width is left for the drawing.
import { format, type EChartsCoreOption } from "echarts/core";
import { token } from "../islands";
import { amounts, line, type Look } from "./look";

export interface Span {
  min: number;
  max: number;
}

/** An axis of amounts below the rows: from `min` to `max`, with marks at round figures only. */
export function amountsBelow(name: string, look: Look, span: Span): EChartsCoreOption {
  const axis = amounts(name, look, "middle");
  return {
    ...axis,
    ...span,
    splitNumber: look.width < 480 ? 3 : 5,
    axisLabel: {
      ...(axis["axisLabel"] as object),
      showMinLabel: span.min === 0,
      showMaxLabel: false,
      hideOverlap: true,
    },
    splitLine: { ...(axis["splitLine"] as object), showMinLine: false, showMaxLine: false },
  };
}

/** Rows from the top, as high as each other: a name over what is drawn in the row or rows below it, which are "". */
export function rows(names: string[], { size, width }: Look): EChartsCoreOption {
  const over = { backgroundColor: token("surface"), padding: [6, 4, 0, 0] };
  return {
    type: "category",
    data: names.map((name) => (name ? { value: shortened(name, { size, width: width - 12 }), textStyle: over } : "")),
    inverse: true,
    z: 10,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { inside: true, margin: 4, interval: 0, color: token("ink"), fontSize: size, align: "left" },
  };
}

/** A plot of so many rows with its axis below and, where a line of it has words, room for them above. */
export function plot(count: number, { size }: Look, above: boolean): { height: number; grid: object } {
  const top = above ? size * 2 : 4;
  return { height: count * (size + 18) + top + size * 4, grid: { left: 0, right: 0, top, bottom: 0 } };
}

/** The whole name stands in the words under the picture. */
export function shortened(text: string, { size, width }: Look): string {
  return format.truncateText(text, width, font(size), "…", {});
}

/** The pixels that the longest of these texts needs beside a bar. */
export function room(found: string[], { size }: Look): number {
  return Math.max(0, ...found.map((text) => format.getTextRect(text, font(size)).width + 16));
}

/** From `low` to `high`, with so many pixels free to the left and to the right of what is drawn. */
export function withRoom(low: number, high: number, left: number, right: number, { width }: Look): Span {
  const pixel = (high - low) / Math.max(width - left - right, 60);
  return { min: low - left * pixel, max: high + right * pixel };
}

function font(size: number): string {
  return `${size}px ${getComputedStyle(document.body).fontFamily}`;
}

/** A dashed line from top to bottom, its words above the first row and within the plot. */
export function upright(at: number, { min, max }: Span, words: string): object {
  const place = (at - min) / (max - min);
  const align = place < 0.3 ? "left" : place > 0.7 ? "right" : "center";
  return line({ xAxis: at }, "dashed", { position: "start", formatter: words, color: token("ink"), align });
}

export interface Text {
  at: [number, number];
  text: string;
  position: "left" | "right";
}

/** Words beside the bars, above every line. */
export function texts(found: Text[], { size }: Look): object {
  const label = {
    show: true,
    distance: 4,
    color: token("ink"),
    fontSize: size,
    lineHeight: size + 3,
    backgroundColor: token("surface"),
    padding: [0, 3],
  };
  return {
    type: "scatter",
    symbolSize: 0,
    silent: true,
    itemStyle: { opacity: 1 },
    z: 20,
    data: found.map(({ at, text, position }) => ({
      value: at,
      label: { ...label, position, formatter: text },
    })),
  };
}
