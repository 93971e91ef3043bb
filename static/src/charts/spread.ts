// Recovery rates by class of holders: a box for each class, the mean as a dot, a line at 100 %.
import { token } from "../islands";
import type { Look, Picture, Words } from "./look";
import { amountsBelow, plot, room, rows, shortened, texts, upright, withRoom, type Span, type Text } from "./rows";

interface Class {
  name: string;
  count: string;
  middle: string;
  /** Lowest, lower quartile, middle, upper quartile, highest; per cent. */
  box: [number, number, number, number, number];
  means: number[];
  /** For who points at it. */
  figures: string[];
}
export interface Spread {
  kind: "spread";
  rows: Class[];
}
const EVEN = 100;
const THICK = 26;
const AIR = 12;
const SEPARATOR = " · ";

export function spread({ rows: classes }: Spread, words: Words, look: Look): Picture {
  const span = around(classes, look);
  const { height, grid } = plot(2 * classes.length, look, true);
  return {
    height,
    option: {
      grid,
      tooltip: {
        axisPointer: { type: "none" },
        formatter: ([at]: { dataIndex: number }[]) => figures(classes, at?.dataIndex ?? 0),
      },
      xAxis: amountsBelow(words["unit"] ?? "", look, span),
      yAxis: rows(
        classes.flatMap((row) => [heading(row, look), ""]),
        look,
      ),
      series: [
        boxes(classes, upright(EVEN, span, words["even"] ?? "")),
        medians(classes),
        means(classes),
        texts(written(classes, span, look), look),
      ],
    },
  };
}

/** A long name gives way to the count behind it. */
function heading({ name, count }: Class, look: Look): string {
  const behind = SEPARATOR + count;
  return shortened(name, { ...look, width: look.width - room([behind], look) }) + behind;
}

function figures(classes: Class[], row: number): string {
  return classes[Math.floor(row / 2)]?.figures.join("\n") ?? "";
}

function boxes(classes: Class[], markLine: object): object {
  return {
    type: "boxplot",
    silent: true,
    data: classes.flatMap(({ box }) => [[], box]),
    boxWidth: [THICK, THICK],
    itemStyle: { color: token("slate-tint"), borderColor: token("slate"), borderWidth: 2 },
    markLine,
  };
}

function medians(classes: Class[]): object {
  return {
    type: "scatter",
    data: classes.map(({ box }, row) => [box[2], 2 * row + 1]),
    symbol: "rect",
    symbolSize: [5, THICK],
    itemStyle: { color: token("slate"), opacity: 1 },
    z: 6,
  };
}

function means(classes: Class[]): object {
  return {
    type: "scatter",
    data: classes.flatMap(({ means }, row) => means.map((mean) => [mean, 2 * row + 1])),
    symbolSize: 11,
    itemStyle: { color: token("seal"), opacity: 1 },
    z: 7,
  };
}

/** The middle figure at the end of the line of the name, where both have room. */
function written(classes: Class[], { max }: Span, look: Look): Text[] {
  return classes.flatMap(({ name, count, middle }, row) => {
    const needed = room([name + SEPARATOR + count], look) + room([middle], look);
    return needed > look.width ? [] : [{ at: [max, 2 * row], text: middle, position: "left" }];
  });
}

/** The lowest to the highest figure and 100 %, with some air. */
function around(classes: Class[], look: Look): Span {
  const figures = classes.flatMap(({ box }) => box);
  const low = Math.min(EVEN, ...figures);
  return withRoom(low, Math.max(EVEN, ...figures, low + 1), AIR, AIR, look);
}
