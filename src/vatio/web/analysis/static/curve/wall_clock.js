// Wall-clock time of what was measured: by the shifts that the server sent, never by the browser's own zone.
export const HOUR = 3600;
export const DAY = 24 * HOUR;

const two = (number) => String(number).padStart(2, "0");

export class WallClock {
  // shifts: [[instant, minutes east of UTC from it on], …], the first of them in force before any other.
  constructor(shifts, language) {
    this.shifts = shifts.map(([from, minutes]) => [from, minutes * 60]);
    const named = (options) => new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
    this.months = named({ month: "short" });
    this.weekdays = named({ weekday: "short" });
  }

  offset(at) {
    let seconds = this.shifts[0][1];
    for (const [from, each] of this.shifts) if (at >= from) seconds = each;
    return seconds;
  }

  shifted(at) {
    return new Date((at + this.offset(at)) * 1000);
  }

  parts(at) {
    const date = this.shifted(at);
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth(),
      day: date.getUTCDate(),
      weekday: (date.getUTCDay() + 6) % 7,
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
    };
  }

  // The instant of a wall-clock time; of one that happens twice either, of one that is skipped its neighbour.
  instant(year, month, day, hour = 0) {
    const flat = Date.UTC(year, month, day, hour) / 1000;
    return flat - this.offset(flat - this.offset(flat));
  }

  midnight(at, days = 0) {
    const { year, month, day } = this.parts(at);
    return this.instant(year, month, day + days);
  }

  // 1 or 2 where the same wall-clock time happens twice, else 0.
  occurrence(at) {
    for (let place = 1; place < this.shifts.length; place++) {
      const [from, seconds] = this.shifts[place];
      const back = this.shifts[place - 1][1] - seconds;
      if (back > 0 && at >= from - back && at < from) return 1;
      if (back > 0 && at >= from && at < from + back) return 2;
    }
    return 0;
  }

  time(at) {
    const date = this.shifted(at);
    return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  }

  month(at) {
    return this.months.format(this.shifted(at));
  }

  dayOfMonth(at) {
    return `${this.parts(at).day} ${this.month(at)}`;
  }

  weekday(at) {
    return `${this.weekdays.format(this.shifted(at))} ${this.dayOfMonth(at)}`;
  }

  day(at) {
    return `${this.weekday(at)} ${this.parts(at).year}`;
  }
}
