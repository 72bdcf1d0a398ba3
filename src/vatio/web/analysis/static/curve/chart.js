// The picture itself: uPlot told what its lines, axes and colours are.
import { colour, faint, font } from "./colours.js";
import { figures, moments, standsOnZero, words } from "./ticks.js";

// A ladder of one hue, then dashes and weights: eight lines that are told apart without colour too.
const LINES = [
  { token: "p2", width: 2 },
  { token: "p1", width: 1.25, dash: [7, 3] },
  { token: "p3", width: 1.5, dash: [2, 2] },
  { token: "p1", width: 2.5 },
  { token: "p2", width: 1.25, dash: [10, 3, 2, 3] },
  { token: "p3", width: 2.5 },
  { token: "p1", width: 1, dash: [2, 3] },
  { token: "p2", width: 2.5, dash: [4, 4] },
];

const PER_LINE = 52; // px between two lines of figures

export const lineOf = (place) => LINES[place % LINES.length];

const stepped = () => globalThis.uPlot.paths.stepped({ align: 1, alignGaps: 1 });
const hidden = { points: { show: false } };

function lines(measured, isNarrow, isFilled) {
  const thin = isNarrow ? 0.7 : 1;
  const edge = { ...hidden, stroke: () => faint("accent", 40), width: isNarrow ? 0 : 1, paths: stepped() };
  const curves = measured.names.map((_name, place) => {
    const { token, width, dash } = lineOf(place);
    const fill = (chart) => (isFilled && chart.level.name !== "days" ? colour("wash") : null);
    return { ...hidden, stroke: () => colour(token), width: width * thin, dash, paths: stepped(), fill, fillTo: () => 0 };
  });
  return [
    {},
    ...(measured.isOne ? [edge, edge] : []),
    ...curves,
    { ...hidden, stroke: () => faint("soft", 85), width: 1.25 * thin, dash: [4, 3], paths: stepped() },
    { ...hidden, stroke: () => colour("ink"), width: 1.5 * thin, paths: stepped() },
    // Excesses are painted apart; here they only make room for themselves.
    { ...hidden, paths: () => null },
  ];
}

function axes(clock, numbers) {
  const time = {
    font: font(12),
    stroke: () => colour("soft"),
    grid: { show: false },
    ticks: { stroke: () => colour("edge"), width: 1, size: 8 },
    size: 48,
    gap: 4,
    splits: (chart, _axis, from, to) => moments(clock, from, to, chart.bbox.width / devicePixelRatio),
    values: (chart, found) => words(clock, found, chart.bbox.width / devicePixelRatio),
  };
  const label = (chart, value, place, found) => {
    const digits = Math.max(0, -Math.floor(Math.log10(chart.step) + 1e-9));
    return numbers.plain(value, Math.min(digits, 3)) + (place === found.length - 1 ? ` ${numbers.unit}` : "");
  };
  const quantity = {
    font: font(12),
    stroke: () => colour("soft"),
    grid: { stroke: () => colour("line"), width: 1 },
    ticks: { show: false },
    gap: 8,
    size: (chart, labels) => {
      if (!labels) return 40;
      chart.ctx.save();
      chart.ctx.font = font(12 * devicePixelRatio);
      const widest = Math.max(...labels.map((each) => chart.ctx.measureText(each).width));
      chart.ctx.restore();
      return Math.ceil(widest / devicePixelRatio) + 14;
    },
    splits: (chart, _axis, low, high) => {
      const found = [];
      for (let place = 0; low + place * chart.step <= high + chart.step / 1e6; place++) found.push(low + place * chart.step);
      return found.map((value) => (Math.abs(value) < chart.step / 1e6 ? 0 : value));
    },
    values: (chart, found) => found.map((value, place) => label(chart, value, place, found)),
  };
  return [time, quantity];
}

// Make the chart within a box, and return it; what is drawn at first is `level` whole.
export function draw(box, { measured, clock, numbers, marks, level, size, stepUnder, told }) {
  const isNarrow = size.width < 600;
  const isFilled = measured.isOne && standsOnZero(numbers.unit);
  const shape = {
    ...size,
    padding: [12, 8, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, dist: 6, setScale: false },
      dataIdx: (chart, _series, nearest, at) => stepUnder(chart, at) ?? nearest,
      bind: { dblclick: () => told.whole },
    },
    scales: {
      x: { time: true, range: (_chart, from, to) => [from, to] },
      y: {
        range: (chart, least, most) => {
          const { low, high, step } = figures(least, most, numbers.unit, Math.max(2, chart.height / PER_LINE));
          chart.step = step;
          return [low, high];
        },
      },
    },
    series: lines(measured, isNarrow, isFilled),
    bands: measured.isOne ? [{ series: [2, 1], fill: () => colour("wash") }] : [],
    axes: axes(clock, numbers),
    hooks: {
      drawClear: [(chart) => marks.under(chart)],
      draw: [(chart) => marks.over(chart, chart.level)],
      setCursor: [told.cursor],
      setSelect: [told.selected],
    },
  };
  return new globalThis.uPlot(shape, level.columns(), (chart, begin) => {
    chart.level = level;
    box.replaceChildren(chart.root);
    begin();
  });
}
