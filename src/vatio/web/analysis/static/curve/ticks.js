// The marks along both axes: midnights and months of the supply's own clock, and even figures.
import { DAY, HOUR } from "./wall_clock.js";

// Whole hours of the wall clock, at most so many.
const HOURS = [1, 2, 3, 6, 12];
const DAYS = [1, 2, 7, 14];
const MONTHS = [1, 2, 3, 6, 12, 24, 60];

// px that a label needs: 12:00, lun 13 jul (on a narrow chart 13 jul), jul.
const NARROW = 600;
const OF_HOUR = 52;
const OF_DAY = 80;
const OF_SHORT_DAY = 54;
const OF_MONTH = 46;

function stepping(clock, from, to, moment) {
  const found = [];
  for (let place = 0; place < 500; place++) {
    const at = moment(place);
    if (at >= to) break;
    // An hour that is skipped falls upon its neighbour.
    if (at >= from && at > (found.at(-1) ?? -Infinity)) found.push(at);
  }
  return found;
}

export function moments(clock, from, to, width) {
  const span = to - from;
  const { year, month, day, weekday } = clock.parts(from);
  const fits = (unit, room) => (by) => span / unit / by <= Math.max(width / room, 2);
  const hours = HOURS.find(fits(HOUR, OF_HOUR));
  if (hours) return stepping(clock, from, to, (place) => clock.instant(year, month, day, place * hours));
  const days = DAYS.find(fits(DAY, width < NARROW ? OF_SHORT_DAY : OF_DAY));
  if (days) {
    const first = days >= 7 ? day - weekday : day;
    return stepping(clock, from, to, (place) => clock.instant(year, month, first + place * days));
  }
  const months = MONTHS.find(fits(30.4 * DAY, OF_MONTH)) ?? 120;
  const first = month - (month % Math.min(months, 12));
  const began = months > 12 ? year - (year % (months / 12)) : year;
  return stepping(clock, from, to, (place) => clock.instant(began, first + place * months, 1));
}

export function words(clock, found, width) {
  const step = found.length > 1 ? found[1] - found[0] : DAY;
  let day = null;
  let year = null;
  return found.map((at, place) => {
    const parts = clock.parts(at);
    if (step < 20 * HOUR) {
      const isNew = parts.day !== day && (parts.hour === 0 || day === null);
      day = parts.day;
      const time = clock.time(at);
      const name = width < NARROW ? clock.dayOfMonth(at) : clock.weekday(at);
      return isNew ? `${time}\n${name}` : time;
    }
    const isNew = parts.year !== year && (place > 0 || step < 300 * DAY);
    year = parts.year;
    if (step > 300 * DAY) return String(parts.year);
    const ofDay = () => (width < NARROW ? clock.dayOfMonth(at) : clock.weekday(at));
    const label = step < 25 * DAY ? ofDay() : clock.month(at);
    return isNew ? `${label}\n${parts.year}` : label;
  });
}

// 1, 2 or 5 times a power of ten: the step that makes about so many lines.
export function evenStep(span, lines) {
  const least = span / lines;
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((each) => each * power >= least * 0.999) ?? 10);
}

// Quantities without a natural zero: a room's warmth drawn from nought would be a flat line.
const AFLOAT = new Set(["°C", "°F", "K", "V", "kV", "Hz", "bar", "hPa", "pH", "%"]);

export const standsOnZero = (unit) => !AFLOAT.has(unit);

// The figures between which a curve is drawn, with room above it for a mark.
export function figures(least, most, unit, lines) {
  let [low, high] = [least ?? 0, most ?? 0];
  if (standsOnZero(unit)) [low, high] = [Math.min(low, 0), Math.max(high, 0)];
  if (low === high) [low, high] = low === 0 ? [0, 1] : [low - Math.abs(low) * 0.05, high + Math.abs(high) * 0.05];
  const room = (high - low) * 0.07;
  if (high > 0 || !standsOnZero(unit)) high += room;
  if (low < 0 || !standsOnZero(unit)) low -= room;
  const step = evenStep(high - low, lines);
  return { low: Math.floor(low / step + 1e-9) * step, high: Math.ceil(high / step - 1e-9) * step, step };
}
