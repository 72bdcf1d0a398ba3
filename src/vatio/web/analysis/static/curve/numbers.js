import { standsOnZero } from "./ticks.js";

// Numbers as the rest of the pages writes them: grouped from four figures on, one precision for a whole curve.
export class Numbers {
  constructor(language, unit, most) {
    this.language = language;
    this.unit = unit;
    this.digits = most >= 10_000 ? 0 : most >= 10 || !standsOnZero(unit) ? 1 : most >= 1 ? 2 : 3;
    this.formats = new Map();
  }

  plain(value, digits = this.digits) {
    if (!this.formats.has(digits)) {
      const shape = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: "always" };
      this.formats.set(digits, new Intl.NumberFormat(this.language, shape));
    }
    return this.formats.get(digits).format(value).replace("-", "−");
  }

  measured(value, digits) {
    return `${this.plain(value, digits)}\u00a0${this.unit}`;
  }

  // As few figures as an even number needs: contracted powers are rarely broken.
  even(value) {
    return this.measured(value, Number.isInteger(value) ? 0 : this.digits);
  }
}
