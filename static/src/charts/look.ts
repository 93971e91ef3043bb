// What the pictures of a card share: type that can be read, colours of the page, a sign besides each colour.
import type { EChartsCoreOption } from "echarts/core";
import { token } from "../islands";

export type Words = Record<string, string>;

/** Of the place a picture is drawn in: the size of its text and its width, pixels. */
export interface Look {
  size: number;
  width: number;
}
export interface Picture {
  /** Pixels from top to bottom; what the page's style says when absent. */
  height?: number;
  option: EChartsCoreOption;
}
export function look(element: HTMLElement): Look {
  const size = parseFloat(getComputedStyle(element).fontSize) * 0.85;
  return { size: Math.max(14, Math.round(size)), width: element.clientWidth };
}

export function frame({ size }: Look): EChartsCoreOption {
  const ink = token("ink");
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    backgroundColor: "transparent",
    color: [token("slate")],
    textStyle: { color: ink, fontFamily: getComputedStyle(document.body).fontFamily, fontSize: size },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: token("surface"),
      borderColor: token("edge"),
      textStyle: { color: ink, fontSize: size },
    },
  };
}

/** An axis of amounts, with its name at `nameLocation`. */
export function amounts(name: string, { size }: Look, nameLocation: "middle" | "end"): EChartsCoreOption {
  const quiet = token("quiet");
  return {
    type: "value",
    name,
    nameLocation,
    nameGap: nameLocation === "middle" ? size * 2 : size,
    nameTextStyle: { color: quiet, fontSize: size, align: nameLocation === "middle" ? "center" : "left" },
    axisLabel: { color: quiet, fontSize: size, formatter: figure },
    splitLine: { lineStyle: { color: token("line") } },
    splitNumber: 4,
  };
}

/** With real minus signs, as everywhere on the page. */
function figure(value: number): string {
  return value.toLocaleString("en").replace("-", "−");
}

/** A line across the plot that everything is measured against. */
export function line(at: object, type: "solid" | "dashed", label: object = { show: false }): object {
  return {
    data: [at],
    silent: true,
    symbol: "none",
    animation: false,
    label,
    lineStyle: { color: token("ink"), type, width: 2 },
  };
}

/** Text that stays readable across the lines of the plot. */
export function onLines(): object {
  return { textBorderColor: token("surface"), textBorderWidth: 4 };
}

/** Slanted strokes, so that a bar differs by more than its colour. */
export function hatched(): object {
  return { color: token("surface"), dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4, symbolSize: 1 };
}
