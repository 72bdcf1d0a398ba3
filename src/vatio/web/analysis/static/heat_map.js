// The heat map: reads a cell, from the curve's own values, for the pointer, a finger or the arrows.
(() => {
  const DAY = 86400;
  const languageOf = (language) => (language.startsWith("en") ? "en-GB" : language);

  // A curve by the clock on the wall: which of its intervals begin in a slot of a day.
  class WallCurve {
    constructor(sent) {
      Object.assign(this, sent);
      const curve = sent.curves[0];
      this.values = curve.values;
      this.marks = { estimated: curve.estimated ?? [], doubtful: curve.doubtful ?? [], partial: curve.partial ?? [] };
      this.dates = new Intl.DateTimeFormat(languageOf(sent.language), { timeZone: "UTC", weekday: "short", day: "numeric", month: "short", year: "numeric" });
      this.places = new Map();
      let shift = 0;
      for (let i = 0; i < sent.count; i++) {
        const at = sent.first + i * sent.step;
        while (shift + 1 < sent.shifts.length && at >= sent.shifts[shift + 1][0]) shift++;
        const wall = at + sent.shifts[shift][1] * 60;
        const key = `${Math.floor(wall / DAY)} ${Math.floor((((wall % DAY) + DAY) % DAY) / sent.step)}`;
        const found = this.places.get(key);
        if (found) found.push([i, sent.shifts[shift][1]]);
        else this.places.set(key, [[i, sent.shifts[shift][1]]]);
      }
    }
    number(value) {
      const size = Math.abs(value);
      const digits = size >= 1000 ? 0 : size >= 1 || !size ? 1 : 3;
      return new Intl.NumberFormat(this.language, { minimumFractionDigits: Math.min(digits, 1), maximumFractionDigits: digits, useGrouping: "always" }).format(value).replace("-", "−");
    }
    written(value, words) {
      return value === null ? words.none : `${this.number(value)} ${this.unit}`;
    }
    // Whether an interval has not ended yet, so that it cannot be missing.
    isLater(i) {
      return this.first + (i + 1) * this.step > (this.now ?? Infinity);
    }
    // The intervals from a slot up to another of a day, counted in days since 1970.
    intervals(day, from, until) {
      const found = [];
      for (let slot = from; slot < until; slot++) found.push(...(this.places.get(`${day} ${slot}`) ?? []));
      return found;
    }
    isIn(runs, i) {
      return runs.some(([from, until]) => i >= from && i < until);
    }
    // The value that holds at an interval, of a list that says from which interval on.
    holding(steps, i) {
      let held = null;
      for (const [from, value] of steps ?? []) if (from <= i) held = value;
      return held;
    }
  }

  const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  const mean = (values) => {
    const known = values.filter((value) => value !== null && value !== undefined);
    return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
  };

  // What is to be said of a cell: its day and time, its rows, and a note.
  const wordsOf = (curve, words, day, slot, slots) => {
    const each = Math.max(Math.round(DAY / slots / curve.step), 1);
    const found = curve.intervals(day, slot * each, (slot + 1) * each);
    const minutes = 1440 / slots;
    const time = slots > 1 ? `, ${clock(slot * minutes)}–${clock(((slot + 1) * minutes) % 1440)}` : "";
    const title = curve.dates.format(day * DAY * 1000).replace(",", "") + time;
    if (!found.length) return { title, rows: [[words.value, words.absent]], note: "" };
    const values = found.map(([i]) => curve.values[i]);
    const isTwice = found.length > each;
    const rows = [];
    if (isTwice && slots > 1) {
      const shifts = [...new Set(found.map(([, shift]) => shift))].sort((a, b) => b - a);
      for (const [k, name] of [words.summer, words.winter].entries()) {
        const own = found.filter(([, shift]) => shift === shifts[k]).map(([i]) => curve.values[i]);
        if (own.length) rows.push([name, curve.written(mean(own), words)]);
      }
    } else {
      const isLater = mean(values) === null && found.every(([i]) => curve.isLater(i));
      rows.push([words.value, isLater ? words.later : curve.written(mean(values), words)]);
    }
    const [first] = found[0];
    if (each === 1) {
      const period = curve.holding(curve.periods, first);
      const contracted = curve.holding(curve.contracted, first);
      if (curve.periods) rows.push([words.period, period ? `P${period}` : words.untariffed]);
      if (contracted !== null) rows.push([words.contracted, curve.written(contracted, words)]);
    }
    const notes = [isTwice && slots > 1 ? words.twice : ""];
    for (const [name, runs] of Object.entries(curve.marks)) if (found.some(([i]) => curve.isIn(runs, i))) notes.push(words[name]);
    return { title, rows, note: notes.filter(Boolean).join(" · ") };
  };

  const listen = (box, curve) => {
    const words = JSON.parse(box.dataset.words);
    const firstDay = Date.parse(`${box.dataset.first}T00:00Z`) / 1000 / DAY;
    const days = Number(box.dataset.days);
    const tip = new ChartTip(box);
    const maps = [...box.querySelectorAll("[data-map]")].map((svg) => {
      const [left, top, day, slot, slots, down] = svg.dataset.map.split(" ").map(Number);
      return { svg, left, top, day, slot, slots, isDown: down === 1, aim: svg.querySelector(".heat-aim") };
    });
    const seen = () => maps.find(({ svg }) => svg.getBoundingClientRect().width) ?? maps[0];
    let cell = null;
    const hide = () => {
      tip.hide();
      for (const { aim } of maps) aim.setAttribute("visibility", "hidden");
    };
    const show = (map, day, slot, isSaid) => {
      cell = [Math.min(Math.max(day, 0), days - 1), Math.min(Math.max(slot, 0), map.slots - 1), map];
      const [x, y] = map.isDown ? [map.left + cell[1] * map.slot, map.top + cell[0] * map.day] : [map.left + cell[0] * map.day, map.top + cell[1] * map.slot];
      map.aim.setAttribute("x", x);
      map.aim.setAttribute("y", y);
      map.aim.setAttribute("visibility", "visible");
      const shown = wordsOf(curve, words, firstDay + cell[0], cell[1], map.slots);
      const around = map.svg.getBoundingClientRect();
      const scale = around.width / map.svg.viewBox.baseVal.width;
      const outer = box.getBoundingClientRect();
      const width = (map.isDown ? map.slot : map.day) * scale;
      tip.show(x * scale + width + around.left - outer.left, y * scale + around.top - outer.top - 30, shown);
      if (isSaid) tip.say(shown);
    };
    const point = (map) => (event) => {
      const around = map.svg.getBoundingClientRect();
      const scale = map.svg.viewBox.baseVal.width / around.width;
      const x = (event.clientX - around.left) * scale - map.left;
      const y = (event.clientY - around.top) * scale - map.top;
      const [day, slot] = (map.isDown ? [y / map.day, x / map.slot] : [x / map.day, y / map.slot]).map(Math.floor);
      if (day < 0 || day >= days || slot < 0 || slot >= map.slots) hide();
      else show(map, day, slot, false);
    };
    for (const map of maps) {
      map.svg.addEventListener("pointermove", point(map));
      map.svg.addEventListener("pointerdown", point(map));
      map.svg.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && hide());
    }
    box.addEventListener("blur", hide);
    box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape") return hide();
      const map = seen();
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!way) return;
      event.preventDefault();
      const [byDay, bySlot] = map.isDown ? [way[1], way[0]] : way;
      const hour = Math.max(Math.round(map.slots / 24), 1);
      const isFirst = !cell || cell[2] !== map;
      const [day, slot] = isFirst ? [0, 0] : cell;
      if (isFirst) show(map, day, slot, true);
      else show(map, day + byDay * (event.shiftKey ? 7 : 1), slot + bySlot * (event.shiftKey ? hour : 1), true);
    });
    for (const each of document.querySelectorAll("[data-with-script]")) each.hidden = false;
  };

  const listenToAll = () => {
    for (const box of document.querySelectorAll("[data-curve][data-words]:not([data-listens])")) {
      box.dataset.listens = "";
      fetch(box.dataset.curve, { headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
        .then((sent) => sent.level === "slots" && listen(box, new WallCurve(sent)))
        .catch(() => delete box.dataset.listens); // The drawing and the table stay; the next settling tries again.
    }
  };
  document.addEventListener("htmx:afterSettle", listenToAll);
  listenToAll();
})();
