// What is said of one step, in the tooltip and aloud: its time, a row for each quantity, a remark.
import { DAY, HOUR } from "./wall_clock.js";

const put = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export class Reading {
  constructor(measured, clock, numbers, words) {
    Object.assign(this, { measured, clock, numbers, words });
  }

  of(level, place) {
    const from = level.starts[place];
    const to = level.starts[place + 1];
    const rows = level.curves.flatMap((curve, each) => this.rows(level, place, curve, each));
    const before = level.before?.[place];
    if (level.before) rows.push([this.measured.beforeName, this.value(before)]);
    const limit = level.limits?.[place] ?? null;
    if (limit !== null) rows.push([this.contracted(level.periods?.[place]), this.numbers.even(limit)]);
    else if (level.periods?.[place]) rows.push([this.words.period, `P${level.periods[place]}`]);
    return { title: this.title(level, from, to), rows, remarks: this.remarks(level, place, from, to) };
  }

  title(level, from, to) {
    if (level.name === "days") return this.clock.day(from);
    return `${this.clock.day(from)}, ${this.clock.time(from)}–${this.clock.time(to)}`;
  }

  rows(level, place, curve, each) {
    const value = curve.values[place];
    const { names, isOne } = this.measured;
    if (value === null)
      return [[names[each], level.starts[place + 1] > this.measured.now ? this.words.later : this.words.none]];
    if (level.name !== "days" || !isOne) {
      const said = this.value(value);
      const doubts = isOne ? [] : this.doubts(level, place, each);
      return [[names[each], doubts.length ? `${said} (${doubts.join(", ")})` : said]];
    }
    const rows = [[this.words.mean_of_day, this.value(value)]];
    const [least, most] = [curve.least?.[place] ?? null, curve.most?.[place] ?? null];
    if (least === null || most === null) return rows;
    const range = { least: this.numbers.plain(least), most: this.value(most) };
    return [...rows, [this.words.range, put(this.words.least_to_most, range)]];
  }

  value(value) {
    return value === null || value === undefined ? this.words.none : this.numbers.measured(value);
  }

  contracted(period) {
    return period ? put(this.words.contracted_in, { period: `P${period}` }) : this.words.contracted;
  }

  // What makes less sure of a curve's step than of a measured one, in words.
  doubts(level, place, each) {
    const [from, to] = [level.starts[place], level.starts[place + 1]];
    const kinds = ["estimated", "doubtful", "partial"].filter((kind) => this.measured.isMarked(each, kind, from, to));
    if (level.curves[each].holes?.[place] && !kinds.includes("partial")) kinds.push("partial");
    return kinds.map((kind) => this.words[kind]);
  }

  remarks(level, place, from, to) {
    const said = [];
    const over = level.over?.[place] ?? null;
    if (over !== null)
      said.push(
        level.name === "slots"
          ? put(this.words.exceeds, { value: this.numbers.measured(over - level.limits[place]) })
          : put(this.words.exceeds_within, { value: this.numbers.measured(over) }),
      );
    if (this.measured.isOne) {
      const doubts = this.doubts(level, place, 0);
      if (doubts.length) said.push(doubts.join(", "));
    }
    if (level.name === "days" && to - from !== DAY && Math.abs(to - from - DAY) <= 2 * HOUR)
      said.push(put(this.words.long_day, { hours: String((to - from) / HOUR) }));
    const occurrence = level.name === "days" ? 0 : this.clock.occurrence(from);
    if (occurrence) said.push(occurrence === 1 ? this.words.first_time : this.words.second_time);
    return said;
  }

  aloud(level, place) {
    const { title, rows, remarks } = this.of(level, place);
    return [title, ...rows.map((row) => row.join(" ")), ...remarks].join(", ");
  }

  // The stretch that is seen, and how finely: «lun 13 jul – dom 19 jul 2026 · cada cuarto de hora».
  stretch(level, from, to) {
    const [first, last] = [this.clock.parts(from), this.clock.parts(to - 1)];
    const end = this.clock.day(to - 1);
    const isOneDay = this.clock.midnight(from) === this.clock.midnight(to - 1);
    const start = first.year === last.year ? this.clock.weekday(from) : this.clock.day(from);
    const isWhole = this.clock.midnight(from) === from && this.clock.midnight(to) === to;
    const days = isOneDay ? end : `${start} – ${end}`;
    if (isWhole || to - from > 3 * DAY) return `${days} · ${this.fineness(level)}`;
    const [begins, ends] = [this.clock.time(from), this.clock.time(to)];
    const times = isOneDay ? `${end}, ${begins}–${ends}` : `${start}, ${begins} – ${end}, ${ends}`;
    return `${times} · ${this.fineness(level)}`;
  }

  fineness(level) {
    if (level.name === "slots") return this.words.every[this.measured.step] ?? this.words.hours;
    if (level.name === "days" && (!this.measured.isOne || !level.curves[0].least)) return this.words.means_of_days;
    return this.words[level.name];
  }
}
