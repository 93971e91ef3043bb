// What each side gains beside what it puts in, as two bars with their amounts.
import { token } from "../islands";
import { hatched, line, type Look, type Picture, type Words } from "./look";
import { amountsBelow, plot, room, rows, texts, withRoom, type Span, type Text } from "./rows";

interface Amount {
  value: number;
  label: string;
}
interface Row {
  side: string;
  name: string;
  gain: Amount;
  given: Amount;
}
export interface Sides {
  kind: "sides";
  rows: Row[];
}
// As the page's style marks a side's name.
const SIGNS: Record<string, string> = { government: "■", market: "●", public: "▲" };
const COLOURS: Record<string, string> = { government: "ink", market: "slate", public: "celadon" };
const AIR = 12;

export function sides({ rows: found }: Sides, words: Words, look: Look): Picture {
  const bars = found.flatMap((row) => [null, gained(row), given(row)]);
  const amounts = found.flatMap(({ gain, given }) => [gain, given]);
  const names = found.flatMap(({ side, name }) => [`${SIGNS[side] ?? ""} ${name}`.trim(), "", ""]);
  const { height, grid } = plot(bars.length, look, false);
  return {
    height,
    option: {
      grid,
      tooltip: { show: false },
      xAxis: amountsBelow(words["unit"] ?? "", look, spanOf(amounts, look)),
      yAxis: rows(names, look),
      series: [
        { type: "bar", silent: true, data: bars, barWidth: "65%", markLine: line({ xAxis: 0 }, "solid") },
        texts(amounts.map(written), look),
      ],
    },
  };
}

/** Right of the bar, of one that goes left as well: there is room. */
function written({ value, label }: Amount, place: number): Text {
  const row = 3 * Math.floor(place / 2) + 1 + (place % 2);
  return { at: [Math.max(value, 0), row], text: label, position: "right" };
}

function gained({ side, gain }: Row): object {
  return { value: gain.value, itemStyle: { color: token(gain.value < 0 ? "seal" : (COLOURS[side] ?? "quiet")) } };
}

function given({ side, given }: Row): object {
  return { value: given.value, itemStyle: { color: token(COLOURS[side] ?? "quiet"), decal: hatched() } };
}

/** Zero and every bar, and beyond the longest room for its words. */
function spanOf(amounts: Amount[], look: Look): Span {
  const values = amounts.map(({ value }) => value);
  const low = Math.min(0, ...values);
  const labels = amounts.map(({ label }) => label);
  return withRoom(low, Math.max(0, ...values), low < 0 ? AIR : 0, room(labels, look), look);
}
