// One range at three levels: the slots as sent, hours, and days. The fewer the steps, the faster the picture.
import { DAY, HOUR } from "./wall_clock.js";

export const LONGEST_HOURS = 75 * DAY;
export const LONGEST_SLOTS = 9 * DAY;

// Runs that were sent, [[place, value], …], as a value for each place.
function spread(runs, count) {
  if (!runs) return null;
  const values = new Array(count).fill(null);
  runs.forEach(([from, value], place) => values.fill(value, from, runs[place + 1]?.[0] ?? count));
  return values;
}

// Runs of places, [[from, to), …], as runs of instants.
const inTime = (runs, starts) =>
  (runs ?? [])
    .filter(([from]) => from < starts.length - 1)
    .map(([from, to]) => [starts[from], starts[Math.min(to, starts.length - 1)]]);

const missing = (values) => {
  const runs = [];
  values.forEach((value, place) => {
    if (value !== null) return;
    if (runs.at(-1)?.[1] === place) runs.at(-1)[1] = place + 1;
    else runs.push([place, place + 1]);
  });
  return runs;
};

// Runs of several curves as one list: in order, none overlapping another.
function joined(lists) {
  const runs = [];
  for (const [from, to] of lists.flat().sort(([one], [other]) => one - other))
    if (runs.length && from <= runs.at(-1)[1]) runs.at(-1)[1] = Math.max(runs.at(-1)[1], to);
    else runs.push([from, to]);
  return runs;
}

// For steps: how long they are, what each holds; starts has one instant more than there are steps, the end.
class Level {
  constructor(name, starts, curves, more) {
    Object.assign(this, { before: null, limits: null, periods: null, over: null }, more);
    Object.assign(this, { name, starts, curves, count: starts.length - 1 });
    this.peaks = this.over ? this.highest() : [];
  }

  // The step under an instant, not the nearest start.
  stepAt(at) {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  middle(place) {
    return (this.starts[place] + this.starts[place + 1]) / 2;
  }

  // Of each run of excesses, the step where it is highest.
  highest() {
    const found = [];
    let best = null;
    for (let place = 0; place <= this.count; place++) {
      const value = this.over[place] ?? null;
      if (value === null) {
        if (best !== null) found.push(best);
        best = null;
      } else if (best === null || value > this.over[best]) best = place;
    }
    return found;
  }

  // The columns that a chart of these curves draws, in the order of its series.
  columns() {
    const none = () => new Array(this.count + 1).fill(null);
    // At the end the last value once more: a step is drawn up to the next, and a gap up to where it closes.
    const closed = (values) => (values ? [...values, values.findLast((value) => value !== null) ?? null] : none());
    const [first] = this.curves;
    const band = this.curves.length === 1 ? [closed(first.least), closed(first.most)] : [];
    const means = this.curves.map((curve) => closed(curve.values));
    const over = this.over ? [...this.over, null] : none();
    return [this.starts, ...band, ...means, closed(this.before), closed(this.limits), over];
  }
}

// The places at which a new hour or a new day begins, and the end.
function edgesOf(starts, count, clock, size) {
  const edges = [];
  let last = null;
  let offset = null;
  for (let place = 0; place < count; place++) {
    const here = clock.offset(starts[place]);
    const group = Math.floor((starts[place] + here) / size);
    // The hour that happens twice is two hours, and the day that it lengthens is one day.
    if (group !== last || (size < DAY && here !== offset)) edges.push(place);
    last = group;
    offset = here;
  }
  return [...edges, count];
}

// Means of groups; one of which less than half of what has ended is known has none.
function gathered(values, edges, ended) {
  const made = { values: [], least: [], most: [], holes: [] };
  for (let group = 0; group + 1 < edges.length; group++) {
    let [sum, known, least, most] = [0, 0, Infinity, -Infinity];
    for (let place = edges[group]; place < edges[group + 1]; place++) {
      const value = values[place];
      if (value === null) continue;
      sum += value;
      known++;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    const steps = edges[group + 1] - edges[group];
    const isKnown = known > 0 && known * 2 >= Math.min(steps, Math.max(ended - edges[group], 0));
    made.values.push(isKnown ? sum / known : null);
    made.least.push(isKnown ? least : null);
    made.most.push(isKnown ? most : null);
    made.holes.push(isKnown && known < steps);
  }
  return made;
}

const largest = (values, edges) =>
  edges.slice(0, -1).map((from, group) => {
    let most = null;
    for (let place = from; place < edges[group + 1]; place++)
      if (values[place] !== null && (most === null || values[place] > most)) most = values[place];
    return most;
  });

function grouped(name, finest, edges, ended) {
  const curves = finest.curves.map((curve) => {
    const made = gathered(curve.values, edges, ended);
    return name === "days" ? made : { values: made.values, holes: made.holes };
  });
  const firsts = (values) => values && edges.slice(0, -1).map((place) => values[place]);
  return new Level(name, edges.map((place) => finest.starts[place]), curves, {
    before: finest.before && gathered(finest.before, edges, finest.count).values,
    limits: name === "hours" ? firsts(finest.limits) : null,
    periods: name === "hours" ? firsts(finest.periods) : null,
    over: finest.over && largest(finest.over, edges),
  });
}

function slots(sent) {
  const starts = Array.from({ length: sent.count }, (_, place) => sent.first + place * sent.step);
  const limits = spread(sent.contracted, sent.count);
  const [first] = sent.curves;
  const exceeds = (value, place) => (value !== null && limits[place] !== null && value > limits[place] ? value : null);
  return new Level("slots", [...starts, sent.ends], sent.curves.map(({ values }) => ({ values })), {
    before: sent.before?.values ?? null,
    limits,
    periods: spread(sent.periods, sent.count),
    over: limits && first ? first.values.map(exceeds) : null,
  });
}

function days(sent) {
  const curves = sent.curves.map(({ values, least, most }) => ({ values, least, most }));
  return new Level("days", [...sent.starts, sent.ends], curves, { before: sent.before?.values ?? null });
}

// What was sent, at every level that it allows, and where it is missing, estimated, doubtful or incomplete.
export class Measured {
  constructor(sent, clock) {
    const finest = sent.level === "days" ? days(sent) : slots(sent);
    // What has not ended by now cannot be missing yet.
    this.now = sent.now ?? Infinity;
    const later = finest.starts.findIndex((_at, place) => finest.starts[place + 1] > this.now);
    const ended = later < 0 ? finest.count : later;
    this.levels = { [finest.name]: finest };
    if (finest.name === "slots") {
      const group = (name, size) => grouped(name, finest, edgesOf(finest.starts, finest.count, clock, size), ended);
      if (sent.step < HOUR) this.levels.hours = group("hours", HOUR);
      this.levels.days = group("days", DAY);
    }
    this.finest = finest;
    this.step = sent.step;
    this.first = finest.starts[0];
    this.ends = finest.starts.at(-1);
    this.names = sent.curves.map((curve) => curve.name);
    this.beforeName = sent.before?.name ?? "";
    this.marks = sent.curves.map((curve) => ({
      estimated: inTime(curve.estimated, finest.starts),
      doubtful: inTime(curve.doubtful, finest.starts),
      partial: inTime(curve.partial, finest.starts),
    }));
    const known = finest.starts.slice(0, -1).map((_, place) =>
      (sent.curves.some(({ values }) => values[place] !== null) ? 0 : null));
    this.joined = { none: inTime(missing(known.slice(0, ended)), finest.starts) };
    // The last instant of which anything is known; where nothing is, the first.
    this.lastKnown = Math.max(finest.starts[known.lastIndexOf(0) + 1] - 1, this.first);
    for (const kind of ["estimated", "doubtful", "partial"])
      this.joined[kind] = joined(this.marks.map((each) => each[kind]));
  }

  get isOne() {
    return this.names.length === 1;
  }

  // Of the levels there are, the one for so many seconds in view.
  levelFor(span) {
    const { slots: fine, hours, days: coarse } = this.levels;
    if (span > LONGEST_HOURS) return coarse;
    if (span > LONGEST_SLOTS) return hours ?? fine ?? coarse;
    return fine ?? coarse;
  }

  // The finest level that a narrow strip can still draw.
  get overview() {
    const { slots: fine, hours, days: coarse } = this.levels;
    return [fine, hours, coarse].find((level) => level && level.count <= 2000) ?? coarse;
  }

  runs(kind) {
    return this.joined[kind];
  }

  isMarked(curve, kind, from, to) {
    return this.marks[curve][kind].some(([start, end]) => start < to && end > from);
  }

  largest() {
    let most = 0;
    for (const { most: ofDays, values } of this.levels.days.curves)
      for (const value of ofDays ?? values) if (Math.abs(value ?? 0) > most) most = Math.abs(value);
    return most;
  }
}
