// Reading step by step, by pointer or keys: a line across, a dot on each curve, the tooltip, the words said aloud.
import { colour } from "./colours.js";
import { lineOf } from "./chart.js";

export class Reader {
  constructor({ box, view, reading, tooltip, spoken }) {
    Object.assign(this, { box, view, reading, tooltip, spoken, at: null, keyed: null, chart: null });
  }

  // The chart is made after its reader, since it asks it which step lies under the pointer.
  attach(chart) {
    this.chart = chart;
    this.dots = this.view.measured.names.map(() => {
      const dot = document.createElement("div");
      dot.className = "plot-dot";
      chart.over.append(dot);
      return dot;
    });
    const byPointer = () => { this.keyed = null; };
    chart.over.addEventListener("pointermove", byPointer);
    chart.over.addEventListener("pointerdown", byPointer);
    this.hide();
  }

  stepUnder(chart, at) {
    return chart.level.stepAt(this.keyed ?? at);
  }

  // The cursor of the chart has moved, or what is under it.
  follow(chart) {
    const { left } = chart.cursor;
    if (left === undefined || left === null || left < 0 || !this.chart) return this.hide();
    const level = chart.level;
    const place = this.stepUnder(chart, chart.posToVal(left, "x"));
    this.at = level.middle(place);
    this.tooltip.show(left + chart.over.offsetLeft, this.reading.of(level, place));
    this.dots.forEach((dot, each) => {
      const value = level.curves[each].values[place];
      dot.hidden = value === null;
      if (value === null) return;
      dot.style.borderColor = colour(lineOf(each).token);
      dot.style.transform = `translate(${chart.valToPos(this.at, "x")}px, ${chart.valToPos(value, "y")}px)`;
    });
    return undefined;
  }

  hide() {
    this.at = null;
    this.keyed = null;
    this.tooltip.hide();
    for (const dot of this.dots ?? []) dot.hidden = true;
  }

  step(way) {
    const { level, from, to } = this.view;
    if (this.at === null) this.go(way > 0 ? level.stepAt(from) : level.stepAt(to - 1));
    else this.go(level.stepAt(this.at) + way);
  }

  // To the first step of all, or with -1 to the last.
  jump(place) {
    this.go(place < 0 ? this.view.level.count - 1 : place);
  }

  go(wanted) {
    const { view } = this;
    const { level } = view;
    const place = Math.min(Math.max(wanted, 0), level.count - 1);
    const middle = level.middle(place);
    if (middle < view.from || middle >= view.to) view.reach(middle);
    this.spoken.textContent = this.reading.aloud(level, place);
    // What is shown is drawn once this task ends; only then is it known where the step stands.
    queueMicrotask(() => {
      this.keyed = middle;
      this.chart.setCursor({ left: this.chart.valToPos(middle, "x"), top: 20 });
    });
  }

  leave() {
    this.hide();
    this.spoken.textContent = "";
    this.chart.setCursor({ left: -10, top: -10 });
  }
}
