// What is painted upon the canvas besides the lines: what is missing or estimated, periods, excesses.
import { colour, faint, font } from "./colours.js";

const TILE = 6;

export function hatching(context, token, percent) {
  const tile = document.createElement("canvas");
  const size = TILE * devicePixelRatio;
  tile.width = tile.height = size;
  const pen = tile.getContext("2d");
  pen.strokeStyle = faint(token, percent);
  pen.lineWidth = devicePixelRatio;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat");
}

export class Marks {
  constructor(measured, words) {
    this.measured = measured;
    this.words = words;
  }

  // Call draw(left, width) for each run in view; runs that fall into the same pixel are one.
  each(chart, runs, draw) {
    const { left, width } = chart.bbox;
    const { min, max } = chart.scales.x;
    let reached = -Infinity;
    for (const [from, to] of runs) {
      if (to <= min || from >= max) continue;
      const start = Math.max(left, chart.valToPos(from, "x", true));
      const end = Math.min(left + width, Math.max(chart.valToPos(to, "x", true), start + 2));
      if (end <= reached) continue;
      draw(start, end - start);
      reached = end;
    }
  }

  plate(context, words, middle, top) {
    context.font = font(12 * devicePixelRatio, 600);
    context.textAlign = "center";
    context.textBaseline = "middle";
    const width = context.measureText(words).width + 12 * devicePixelRatio;
    context.fillStyle = colour("surface");
    context.fillRect(middle - width / 2, top, width, 20 * devicePixelRatio);
    context.fillStyle = colour("soft");
    context.fillText(words, middle, top + 10 * devicePixelRatio);
  }

  // Behind the lines: stretches over the whole height, each named where its name has room.
  under(chart) {
    const { ctx: context } = chart;
    const { top, height, left, width } = chart.bbox;
    const stretches = [
      ["estimated", faint("accent", 11)],
      ["doubtful", hatching(context, "warm-fill", 55)],
      ["none", hatching(context, "edge", 60)],
    ];
    context.save();
    for (const [kind, fill] of stretches)
      this.each(chart, this.measured.runs(kind), (start, wide) => {
        context.fillStyle = fill;
        context.fillRect(start, top, wide, height);
        if (wide > 74 * devicePixelRatio)
          this.plate(context, this.words[kind], start + wide / 2, top + 6 * devicePixelRatio);
      });
    context.fillStyle = colour("edge");
    context.fillRect(left, Math.round(chart.valToPos(Math.max(0, chart.scales.y.min), "y", true)), width, devicePixelRatio);
    context.restore();
  }

  // In front of them: what is incomplete and the ladder of periods along the foot, and a triangle for each run of excesses.
  over(chart, level) {
    const { ctx: context } = chart;
    const { top, height } = chart.bbox;
    const { min, max } = chart.scales.x;
    context.save();
    for (const [period, runs] of this.ladder(level, min, max)) {
      context.fillStyle = colour(`p${period}`);
      this.each(chart, runs, (start, wide) =>
        context.fillRect(start, top + height + 2 * devicePixelRatio, wide, 4 * devicePixelRatio));
    }
    context.fillStyle = colour("warm-fill");
    this.each(chart, this.measured.runs("partial"), (start, wide) =>
      context.fillRect(start, top + height - 3 * devicePixelRatio, wide, 3 * devicePixelRatio));
    context.fillStyle = colour("red-fill");
    const size = 4 * devicePixelRatio;
    for (const place of level.peaks) {
      const at = level.middle(place);
      if (at < min || at > max) continue;
      const across = chart.valToPos(at, "x", true);
      const tip = chart.valToPos(level.over[place], "y", true) - 12 * devicePixelRatio;
      context.beginPath();
      context.moveTo(across, tip);
      context.lineTo(across + size, tip + 2 * size);
      context.lineTo(across - size, tip + 2 * size);
      context.fill();
    }
    context.restore();
  }

  // Runs of each period within what is seen, where it is short enough to tell them apart.
  ladder(level, min, max) {
    const found = new Map();
    if (level.name !== "slots" || !level.periods) return found;
    for (let place = level.stepAt(min); place < level.count && level.starts[place] < max; place++) {
      const period = level.periods[place];
      if (period === null) continue;
      const runs = found.get(period) ?? found.set(period, []).get(period);
      if (runs.at(-1)?.[1] === level.starts[place]) runs.at(-1)[1] = level.starts[place + 1];
      else runs.push([level.starts[place], level.starts[place + 1]]);
    }
    return found;
  }
}
