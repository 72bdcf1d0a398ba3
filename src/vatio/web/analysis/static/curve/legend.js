// Which line is which: the swatches have the colours and dashes of the lines, by the stylesheet.
const SVG = "http://www.w3.org/2000/svg";

const SHAPES = {
  line: ["path", { d: "M0 5H22" }],
  step: ["path", { d: "M0 8H6V3H15V6H22" }],
  area: ["rect", { width: "22", height: "10" }],
  mark: ["path", { d: "M11 1L16 9H6Z" }],
  foot: ["rect", { y: "7", width: "22", height: "3" }],
};

function swatch(shape, look) {
  const svg = document.createElementNS(SVG, "svg");
  const [name, attributes] = SHAPES[shape];
  const drawn = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) drawn.setAttribute(key, value);
  drawn.setAttribute("data-line", look);
  svg.setAttribute("aria-hidden", "true");
  svg.append(drawn);
  return svg;
}

// What the legend has of a stretch: [shape, look, words], in the order in which it is read.
export function entries({ measured, level, from, to }, words) {
  const isSeen = ([start, end]) => start < to && end > from;
  const found = measured.names.map((name, place) => ["step", String(place + 1), name]);
  if (level.name === "days" && measured.isOne && level.curves[0].least) found.push(["area", "band", words.band]);
  if (level.before) found.push(["line", "before", measured.beforeName]);
  if (level.limits) found.push(["line", "contracted", words.contracted]);
  for (const [kind, shape] of [["none", "area"], ["estimated", "area"], ["doubtful", "area"], ["partial", "foot"]])
    if (measured.runs(kind).some(isSeen)) found.push([shape, kind, words[`the_${kind}`]]);
  const isPeak = (place) => isSeen([level.starts[place], level.starts[place + 1]]);
  if (level.peaks.some(isPeak)) found.push(["mark", "excess", words.excess]);
  return found;
}

export class Legend {
  constructor(list, words) {
    Object.assign(this, { list, words, shown: "" });
  }

  show(view) {
    const found = entries(view, this.words);
    if (found.join() === this.shown) return;
    this.shown = found.join();
    this.list.replaceChildren(
      ...found.map(([shape, look, name]) => {
        const item = document.createElement("li");
        item.append(swatch(shape, look), name);
        return item;
      }),
    );
  }
}
