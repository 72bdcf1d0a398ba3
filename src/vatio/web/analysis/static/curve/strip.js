// The strip below: all that was sent, and a window on what is seen that is drawn, moved and stretched.
import { colour, faint } from "./colours.js";
import { lineOf } from "./chart.js";
import { standsOnZero } from "./ticks.js";

const HEIGHT = 56;
const EDGE = 12; // px beside an edge of the window that still hold it

export class Strip {
  constructor(box, view, unit) {
    Object.assign(this, { box, view, held: null });
    const { measured } = view;
    const isBand = measured.isOne && measured.overview.curves[0].most;
    const level = measured.overview;
    const paths = globalThis.uPlot.paths.stepped({ align: 1, alignGaps: 1 });
    const columns = level.columns().slice(measured.isOne ? (isBand ? 2 : 3) : 1).slice(0, measured.names.length);
    const isFilled = measured.isOne && standsOnZero(unit);
    this.chart = new globalThis.uPlot(
      {
        width: 300,
        height: HEIGHT,
        padding: [4, 0, 4, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: true, range: () => [measured.first, measured.ends] },
          y: { range: (_chart, low, high) => (standsOnZero(unit) ? [Math.min(low, 0), Math.max(high, 0) || 1] : [low, high]) },
        },
        axes: [{ show: false }, { show: false }],
        series: [
          {},
          ...columns.map((_values, place) => ({
            stroke: () => faint(lineOf(place).token, 70),
            width: 1,
            fill: () => (isFilled ? colour("wash") : null),
            fillTo: () => 0,
            paths,
            points: { show: false },
          })),
        ],
      },
      [level.starts, ...columns],
      (chart, begin) => {
        box.replaceChildren(chart.root);
        begin();
      },
    );
    this.window = document.createElement("div");
    this.window.className = "plot-window";
    this.chart.over.append(this.window);
    this.listen();
    view.watch(() => this.follow());
  }

  // Stand below the plotting area of the chart.
  fit(left, width) {
    if (this.left === left && this.width === width) return;
    [this.left, this.width] = [left, width];
    this.box.style.marginLeft = `${left}px`;
    this.chart.setSize({ width: Math.max(width, 50), height: HEIGHT });
    this.follow();
  }

  follow() {
    const { first, ends } = this.view.measured;
    const across = (at) => ((at - first) / (ends - first)) * this.chart.width;
    const left = across(this.view.from);
    this.window.hidden = this.view.isWhole;
    this.window.style.transform = `translateX(${left}px)`;
    this.window.style.width = `${Math.max(across(this.view.to) - left, 3)}px`;
  }

  instant(event) {
    const { left, width } = this.chart.over.getBoundingClientRect();
    const { first, ends } = this.view.measured;
    return first + Math.min(Math.max((event.clientX - left) / width, 0), 1) * (ends - first);
  }

  listen() {
    const { over } = this.chart;
    over.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      over.setPointerCapture(event.pointerId);
      this.held = this.grip(this.instant(event));
    });
    over.addEventListener("pointermove", (event) => {
      if (this.held) this.held(this.instant(event));
    });
    for (const end of ["pointerup", "pointercancel"]) over.addEventListener(end, () => { this.held = null; });
  }

  // What a drag from an instant does: move the window, stretch it, or draw another.
  grip(start) {
    const { view } = this;
    const { from, to } = view;
    const near = (EDGE / this.chart.width) * (view.measured.ends - view.measured.first);
    const isWide = to - from > 3 * near;
    if (!view.isWhole && isWide && Math.abs(start - from) < near) return (at) => view.show(Math.min(at, to - view.least), to);
    if (!view.isWhole && isWide && Math.abs(start - to) < near) return (at) => view.show(from, Math.max(at, from + view.least));
    if (!view.isWhole && start > from - near / 2 && start < to + near / 2)
      return (at) => view.show(from + at - start, to + at - start);
    return (at) => {
      if (Math.abs(at - start) > near / 3) view.show(Math.min(at, start), Math.max(at, start));
    };
  }
}
