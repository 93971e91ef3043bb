// Each national land-use code has one fixed colour and one hatching, so that colour is never the only sign.
type Hatch = "plain" | "rise" | "fall" | "level" | "upright" | "grid" | "lattice" | "dots";

const LOOKS: Record<string, readonly [string, Hatch]> = {
  "01": ["#e3dcae", "level"],
  "02": ["#d3d49a", "dots"],
  "03": ["#a9c09a", "lattice"],
  "04": ["#c5d3a4", "upright"],
  "05": ["#a8c9c1", "level"],
  "06": ["#d8c9a0", "rise"],
  "07": ["#ead9a8", "plain"],
  "08": ["#d9b3a6", "grid"],
  "0804": ["#dcc0c8", "dots"],
  "09": ["#cf9a86", "rise"],
  "10": ["#b8a08c", "lattice"],
  "11": ["#b7aab8", "fall"],
  "12": ["#c9c7c1", "plain"],
  "13": ["#a9b5c6", "grid"],
  "14": ["#b3cfae", "fall"],
  "15": ["#b5ad93", "upright"],
  "16": ["#ebe7dc", "dots"],
  "17": ["#a9c3d9", "level"],
};
const INK = "rgb(31 42 55 / 32%)";
const SIZE = 9;

/** The longest prefix of a code that `known` holds: four digits before two. */
export function prefix(code: string, known: object): string {
  return [code.slice(0, 4), code.slice(0, 2)].find((part) => part in known) ?? code;
}

export function fillFor(code: string, context: CanvasRenderingContext2D, ratio: number): CanvasPattern | string {
  const [colour, hatch] = LOOKS[prefix(code, LOOKS)] ?? ["#dedad0", "fall"];
  if (hatch === "plain") return colour;
  const tile = document.createElement("canvas");
  tile.width = tile.height = Math.round(SIZE * ratio);
  const pen = tile.getContext("2d");
  if (!pen) return colour;
  pen.scale(tile.width / SIZE, tile.height / SIZE);
  pen.fillStyle = colour;
  pen.fillRect(0, 0, SIZE, SIZE);
  draw(pen, hatch);
  return context.createPattern(tile, "repeat") ?? colour;
}

function draw(pen: CanvasRenderingContext2D, hatch: Hatch): void {
  pen.strokeStyle = pen.fillStyle = INK;
  pen.lineWidth = 1;
  if (hatch === "dots") pen.fillRect(SIZE / 2 - 1, SIZE / 2 - 1, 2, 2);
  if (hatch === "level" || hatch === "grid") line(pen, 0, SIZE / 2, SIZE, SIZE / 2);
  if (hatch === "upright" || hatch === "grid") line(pen, SIZE / 2, 0, SIZE / 2, SIZE);
  // Diagonals are drawn three times, so that tiles join at the corners.
  for (const shift of [-SIZE, 0, SIZE]) {
    if (hatch === "rise" || hatch === "lattice") line(pen, shift, SIZE, shift + SIZE, 0);
    if (hatch === "fall" || hatch === "lattice") line(pen, shift, 0, shift + SIZE, SIZE);
  }
}

function line(pen: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
}
