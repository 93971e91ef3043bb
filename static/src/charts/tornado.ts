// How far each kind of change moves the project's present value from what it is as planned.
import { token } from "../islands";
import { hatched, line, type Look, type Picture, type Words } from "./look";
import { amountsBelow, plot, room, rows, texts, upright, withRoom, type Span, type Text } from "./rows";

interface End {
  value: number;
  label: string;
}
interface Swing {
  name: string;
  worse?: End;
  better?: End;
  /** Words for a change that moves nothing. */
  same?: string;
}
export interface Tornado {
  kind: "tornado";
  today: number;
  rows: Swing[];
}

export function tornado(data: Tornado, words: Words, look: Look): Picture {
  const values = data.rows.flatMap(({ worse, better }) => [worse, better].flatMap((end) => end?.value ?? []));
  const low = Math.min(data.today, ...values);
  const high = Math.max(data.today, ...values);
  const span = spanOf(data.rows, low, high, look);
  const { height, grid } = plot(2 * data.rows.length, look, true);
  const names = data.rows.flatMap(({ name }) => [name, ""]);
  const written = data.rows.flatMap((swing, row) => labels(swing, row, data.today));
  return {
    height,
    option: {
      grid,
      tooltip: { show: false },
      xAxis: { ...amountsBelow(words["unit"] ?? "", look, span), startValue: data.today },
      yAxis: rows(names, look),
      series: [
        {
          ...bars(data.rows.map(({ worse }) => worse)),
          itemStyle: { color: token("seal"), decal: hatched() },
          markLine: upright(data.today, span, words["today"] ?? ""),
        },
        {
          ...bars(data.rows.map(({ better }) => better)),
          itemStyle: { color: token("celadon") },
          markLine: low < 0 && high > 0 ? line({ xAxis: 0 }, "solid") : undefined,
        },
        texts(written, look),
      ],
    },
  };
}

/** Both ends and beyond them room for their words. */
function spanOf(swings: Swing[], low: number, high: number, look: Look): Span {
  const worse = swings.map((swing) => swing.worse?.label ?? "");
  const better = swings.map((swing) => swing.better?.label ?? "");
  return withRoom(low, high, room(worse, look), room(better, look), look);
}

function bars(ends: (End | undefined)[]): object {
  return {
    type: "bar",
    silent: true,
    barWidth: "65%",
    barGap: "-100%",
    data: ends.flatMap((end) => [null, end?.value ?? null]),
  };
}

function labels({ worse, better, same }: Swing, row: number, today: number): Text[] {
  const written = (end: End | undefined, position: "left" | "right"): Text[] =>
    end ? [{ at: [end.value, 2 * row + 1], text: end.label, position }] : [];
  return [...written(worse, "left"), ...written(better ?? (same ? { value: today, label: same } : undefined), "right")];
}
