// Parcels today and under a package, side by side behind one slider. Coordinates come as EPSG:4490, which differs
// from EPSG:4326 by centimetres and is drawn as such.
import OlMap from "ol/Map.js";
import View from "ol/View.js";
import type Feature from "ol/Feature.js";
import type { FeatureLike } from "ol/Feature.js";
import ScaleLine from "ol/control/ScaleLine.js";
import Zoom from "ol/control/Zoom.js";
import { platformModifierKeyOnly } from "ol/events/condition.js";
import { containsExtent, getCenter, isEmpty } from "ol/extent.js";
import GeoJSON from "ol/format/GeoJSON.js";
import MultiPolygon from "ol/geom/MultiPolygon.js";
import Point from "ol/geom/Point.js";
import Polygon from "ol/geom/Polygon.js";
import { defaults as interactions } from "ol/interaction/defaults.js";
import MouseWheelZoom from "ol/interaction/MouseWheelZoom.js";
import TileLayer from "ol/layer/Tile.js";
import VectorLayer from "ol/layer/Vector.js";
import { getRenderPixel } from "ol/render.js";
import type RenderEvent from "ol/render/Event.js";
import VectorSource from "ol/source/Vector.js";
import XYZ from "ol/source/XYZ.js";
import Circle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import Text from "ol/style/Text.js";
import { make } from "./dom";
import { token, whenSized, words as wordsOf } from "./islands";
import { fillFor, prefix } from "./landuse";

interface MapData {
  parcels: GeoJSON.FeatureCollection;
  legend: Record<string, string>;
  packages: { code: string; title: string }[];
  comments: string;
}
export interface Parcel {
  code: string;
  name: string;
  land_use: string;
  planned_use: Record<string, string>;
  site_area: string;
  floor_area: string;
  said: number;
}
type Words = Record<string, string>;

const INK = "#1f2a37";
const HALO = "#faf8f4";
const SEAL = "#a8322a";
const FONT = "13px system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', sans-serif";
const pen = document.createElement("canvas").getContext("2d")!;
let serial = 0;

export async function drawMap(element: HTMLElement): Promise<void> {
  const answer = await fetch(element.dataset.src ?? "", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`map data: ${answer.status}`);
  const data = (await answer.json()) as MapData;
  await whenSized(element);
  new ParcelMap(element, data, wordsOf(element));
}

class ParcelMap {
  private readonly source: VectorSource;
  private readonly map: OlMap;
  private readonly after: VectorLayer;
  private readonly outline: VectorLayer;
  private readonly detail = make("div", { class: "map-detail", "aria-live": "polite" });
  private readonly legend = make("ul", { class: "legend" });
  private readonly list = make("ul", { class: "map-parcels" });
  private readonly fills = new Map<string, Fill>();
  private readonly number = new Intl.NumberFormat(document.documentElement.lang || undefined, {
    maximumFractionDigits: 2,
  });
  private share = 0.5;
  private chosen = "";
  private planned: string;

  constructor(
    private readonly element: HTMLElement,
    private readonly data: MapData,
    private readonly words: Words,
  ) {
    this.planned = data.packages[0]?.code ?? "";
    const features = new GeoJSON().readFeatures(data.parcels, {
      dataProjection: "EPSG:4326",
      featureProjection: "EPSG:3857",
    });
    this.source = new VectorSource({ features: features as Feature[] });
    const now = new VectorLayer({ source: this.source, style: (feature) => this.useStyle(parcel(feature).land_use) });
    this.after = new VectorLayer({ source: this.source, style: (feature) => this.useStyle(this.plannedUse(feature)) });
    this.outline = new VectorLayer({
      source: this.source,
      declutter: true,
      style: (feature) => this.outlineStyle(feature),
    });
    this.map = this.build(now);
    this.clip();
    this.surround();
    this.listen();
    this.showLegend();
  }

  private build(now: VectorLayer): OlMap {
    const { element } = this;
    // A name on a plain div is not read out; arrow and +/− keys are handled by the map itself.
    if (!element.hasAttribute("role")) element.setAttribute("role", "application");
    const tiles = element.dataset.tiles;
    const base = tiles ? [new TileLayer({ source: new XYZ({ url: tiles }) })] : [];
    const map = new OlMap({
      target: element,
      layers: [...base, now, ...(this.planned ? [this.after] : []), this.outline],
      controls: [
        new Zoom({ zoomInTipLabel: this.words["zoom_in"] ?? "+", zoomOutTipLabel: this.words["zoom_out"] ?? "−" }),
        new ScaleLine(),
      ],
      // The wheel and one finger keep scrolling the page; Ctrl + wheel, two fingers and the buttons zoom.
      interactions: interactions({ mouseWheelZoom: false, altShiftDragRotate: false, pinchRotate: false }).extend([
        new MouseWheelZoom({ condition: platformModifierKeyOnly }),
      ]),
      view: new View({ center: [0, 0], zoom: 2, enableRotation: false, maxZoom: 22 }),
    });
    const extent = this.source.getExtent();
    if (extent && !isEmpty(extent)) map.getView().fit(extent, { padding: [24, 56, 36, 56], maxZoom: 20 });
    return map;
  }

  private clip(): void {
    this.after.on("prerender", (event: RenderEvent) => {
      const context = event.context as CanvasRenderingContext2D;
      const [width, height] = this.map.getSize() as [number, number];
      const corner = (x: number, y: number) => getRenderPixel(event, [x, y]) as [number, number];
      const edge = width * this.share;
      context.save();
      context.beginPath();
      context.moveTo(...corner(edge, 0));
      context.lineTo(...corner(width, 0));
      context.lineTo(...corner(width, height));
      context.lineTo(...corner(edge, height));
      context.closePath();
      context.clip();
    });
    this.after.on("postrender", (event: RenderEvent) => {
      const context = event.context as CanvasRenderingContext2D;
      context.restore();
      const [width, height] = this.map.getSize() as [number, number];
      context.save();
      context.beginPath();
      context.moveTo(...(getRenderPixel(event, [width * this.share, 0]) as [number, number]));
      context.lineTo(...(getRenderPixel(event, [width * this.share, height]) as [number, number]));
      context.lineWidth = 2 * devicePixelRatio;
      context.strokeStyle = token("seal");
      context.stroke();
      context.restore();
    });
  }

  // What stands below the map: slider, package, legend, detail, parcels as buttons

  private surround(): void {
    const controls = this.planned ? [this.controls()] : [];
    this.element.after(...controls, this.legend, this.detail, this.list);
    for (const feature of this.source.getFeatures()) {
      const { code, name } = parcel(feature);
      const button = make("button", { type: "button", class: "btn", "aria-pressed": "false", "data-code": code }, code);
      if (name && name !== code) button.append(` ${name}`);
      button.addEventListener("click", () => this.choose(feature, true));
      this.list.append(make("li", {}, button));
    }
  }

  private controls(): HTMLElement {
    const { words } = this;
    const id = `map-${++serial}`;
    const slider = make("input", { type: "range", id, class: "form-range", min: "0", max: "100", value: "50" });
    const move = () => {
      this.share = Number(slider.value) / 100;
      slider.setAttribute("aria-valuetext", `${words["before"]} ${slider.value}%`);
      this.map.render();
    };
    slider.addEventListener("input", move);
    move();
    const select = make("select", { id: `${id}-package`, class: "form-select" });
    for (const { code, title } of this.data.packages)
      select.append(make("option", { value: code }, `${code} ${title}`));
    select.addEventListener("change", () => {
      this.planned = select.value;
      this.after.changed();
      this.showLegend();
      this.showDetail();
    });
    const ends = [words["before"] ?? "", words["after"] ?? ""].map((word) =>
      make("span", { "aria-hidden": "true" }, word),
    );
    return make(
      "div",
      { class: "map-controls" },
      make(
        "div",
        { class: "map-slider" },
        make("label", { for: id }, words["slider"] ?? ""),
        ends[0]!,
        slider,
        ends[1]!,
      ),
      make("div", {}, make("label", { for: select.id, class: "form-label" }, words["package"] ?? ""), select),
    );
  }

  private listen(): void {
    this.map.on("singleclick", (event) => {
      const feature = this.map.forEachFeatureAtPixel(event.pixel, (found) => found, { hitTolerance: 4 });
      if (feature) this.choose(feature, false);
    });
    this.map.on("pointermove", (event) => {
      if (!event.dragging) this.element.style.cursor = this.map.hasFeatureAtPixel(event.pixel) ? "pointer" : "";
    });
    document.addEventListener("themechange", () => this.map.render());
  }

  private choose(feature: FeatureLike, centre: boolean): void {
    this.chosen = parcel(feature).code;
    for (const button of this.list.querySelectorAll<HTMLElement>("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.code === this.chosen));
    }
    this.outline.changed();
    this.showDetail();
    const extent = feature.getGeometry()?.getExtent();
    const view = this.map.getView();
    if (centre && extent && !containsExtent(view.calculateExtent(), extent)) view.setCenter(getCenter(extent));
  }

  private showDetail(): void {
    const feature = this.source.getFeatures().find((row) => parcel(row).code === this.chosen);
    if (!feature) return;
    const { words } = this;
    const row = parcel(feature);
    const lines: [string | undefined, string][] = [[words["now"], this.useName(row.land_use)]];
    if (this.planned) lines.push([words["planned"], this.useName(this.plannedUse(feature))]);
    lines.push([words["site"], this.area(row.site_area)], [words["floor"], this.area(row.floor_area)]);
    const list = make("dl");
    for (const [term, value] of lines) list.append(make("dt", {}, term ?? ""), make("dd", {}, value));
    const said = row.said ? `${words["said"] ?? ""} (${row.said})` : (words["say"] ?? "");
    const address = `${this.data.comments}?parcel=${encodeURIComponent(row.code)}`;
    const pick = this.element.dataset.pick;
    const act = pick ? this.picker(row, pick) : make("a", { class: "btn", href: address }, said);
    this.detail.replaceChildren(make("strong", {}, [row.code, row.name].filter(Boolean).join(" ")), list, act);
  }

  /** A button that hands the parcel to the page around the map. */
  private picker(row: Parcel, label: string): HTMLButtonElement {
    const button = make("button", { type: "button", class: "btn btn-primary" }, label);
    const told = () => new CustomEvent("parcelpicked", { bubbles: true, detail: row });
    button.addEventListener("click", () => this.element.dispatchEvent(told()));
    return button;
  }

  private showLegend(): void {
    const features = this.source.getFeatures();
    const codes = features.flatMap((feature) => [parcel(feature).land_use, this.plannedUse(feature)]);
    const uses = [...new Set(codes.map((code) => prefix(code, this.data.legend)))].filter(Boolean).sort();
    this.legend.replaceChildren(...uses.map((code) => make("li", {}, swatch(code), `${code} ${this.useName(code)}`)));
  }

  // Styles and words

  private useStyle(code: string): Style {
    let fill = this.fills.get(code);
    if (!fill) {
      fill = new Fill({ color: fillFor(code, pen, devicePixelRatio) });
      this.fills.set(code, fill);
    }
    return new Style({ fill, text: label(prefix(code, this.data.legend), 9) });
  }

  private outlineStyle(feature: FeatureLike): Style[] {
    const { code, said } = parcel(feature);
    const chosen = code === this.chosen;
    const stroke = new Stroke({
      color: chosen ? SEAL : this.element.dataset.tiles ? INK : "#6b665b",
      width: chosen ? 4 : 1,
    });
    const outline = new Style({
      stroke,
      fill: new Fill({ color: "transparent" }),
      text: label(code, -8),
      zIndex: chosen ? 1 : 0,
    });
    return said ? [outline, pin(feature, said)] : [outline];
  }

  private plannedUse(feature: FeatureLike): string {
    const { planned_use, land_use } = parcel(feature);
    return planned_use[this.planned] ?? land_use;
  }

  private useName(code: string): string {
    return this.data.legend[prefix(code, this.data.legend)] ?? code;
  }

  private area(value: string): string {
    return `${this.number.format(Number(value))} m²`;
  }
}

function parcel(feature: FeatureLike): Parcel {
  return feature.getProperties() as Parcel;
}

function label(text: string, offsetY: number): Text {
  return new Text({
    text,
    offsetY,
    font: offsetY < 0 ? `600 ${FONT}` : FONT,
    fill: new Fill({ color: INK }),
    stroke: new Stroke({ color: HALO, width: 3 }),
  });
}

/** Where something was said: a seal-red disc with how many threads, at the parcel's inner point. */
function pin(feature: FeatureLike, said: number): Style {
  return new Style({
    geometry: () => inner(feature),
    image: new Circle({
      radius: 10,
      displacement: [0, 30],
      fill: new Fill({ color: SEAL }),
      stroke: new Stroke({ color: HALO, width: 2 }),
    }),
    text: new Text({ text: String(said), offsetY: -30, font: `600 ${FONT}`, fill: new Fill({ color: HALO }) }),
    zIndex: 2,
  });
}

function inner(feature: FeatureLike): Point | undefined {
  const shape = feature.getGeometry();
  if (shape instanceof Polygon) return shape.getInteriorPoint();
  if (shape instanceof MultiPolygon) return new Point(shape.getInteriorPoints().getFirstCoordinate());
  return undefined;
}

function swatch(code: string): HTMLCanvasElement {
  const canvas = make("canvas", { "aria-hidden": "true", width: "56", height: "36" });
  const context = canvas.getContext("2d");
  if (context) {
    context.fillStyle = fillFor(code, context, 2);
    context.fillRect(0, 0, 56, 36);
  }
  return canvas;
}
