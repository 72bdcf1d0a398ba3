// The stretch that is seen: from one instant up to another, always within what was sent.
const SEEN = "seen";
const SETTLED = 250; // ms until the address follows: browsers refuse to write it many times a second

export class View {
  constructor(measured, clock, least) {
    Object.assign(this, { measured, clock, least, watchers: [] });
    [this.from, this.to] = [measured.first, measured.ends];
    this.timer = 0;
  }

  get span() {
    return this.to - this.from;
  }

  get level() {
    return this.measured.levelFor(this.span);
  }

  get isWhole() {
    return this.from <= this.measured.first && this.to >= this.measured.ends;
  }

  watch(told) {
    this.watchers.push(told);
  }

  show(from, to) {
    const { first, ends } = this.measured;
    const span = Math.min(Math.max(to - from, this.least), ends - first);
    const middle = (from + to) / 2;
    const start = to - from < this.least ? middle - span / 2 : from;
    this.from = Math.min(Math.max(start, first), ends - span);
    this.to = this.from + span;
    for (const told of this.watchers) told(this);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), SETTLED);
  }

  all() {
    this.show(this.measured.first, this.measured.ends);
  }

  move(share) {
    this.show(this.from + share * this.span, this.to + share * this.span);
  }

  // Make the span so many times as long, leaving the instant where it is on the screen.
  zoom(times, at = (this.from + this.to) / 2) {
    const span = Math.min(Math.max(this.span * times, this.least), this.measured.ends - this.measured.first);
    const share = (at - this.from) / this.span;
    this.show(at - span * share, at - span * share + span);
  }

  // The address says what is seen, so that a reload and a sent link show it; going back still leaves the page.
  keep() {
    const address = new URL(location.href);
    if (this.isWhole && !address.searchParams.has(SEEN)) return;
    if (this.isWhole) address.searchParams.delete(SEEN);
    else address.searchParams.set(SEEN, `${Math.round(this.from)},${Math.round(this.to)}`);
    const wanted = address.href.replace(/(seen=\d+)%2C/, "$1,");
    if (wanted !== location.href) history.replaceState(history.state, "", wanted);
  }

  // Show what the address says, else everything.
  begin() {
    const [from, to] = (new URL(location.href).searchParams.get(SEEN) ?? "").split(",").map(Number);
    const isWithin = to > from && to > this.measured.first && from < this.measured.ends;
    if (isWithin) this.show(from, to);
    else this.all();
  }

  // The day, week, month, quarter or year in which an instant lies, by the wall clock.
  period(name, at) {
    const { clock } = this;
    const { year, month, day, weekday } = clock.parts(at);
    if (name === "day") return [clock.instant(year, month, day), clock.instant(year, month, day + 1)];
    if (name === "week")
      return [clock.instant(year, month, day - weekday), clock.instant(year, month, day - weekday + 7)];
    if (name === "month") return [clock.instant(year, month, 1), clock.instant(year, month + 1, 1)];
    if (name === "year") return [clock.instant(year, 0, 1), clock.instant(year + 1, 0, 1)];
    const isLast = clock.instant(year, month + 1, 1) >= this.measured.ends;
    const first = isLast ? month - 2 : month - 1;
    return [clock.instant(year, first, 1), clock.instant(year, first + 3, 1)];
  }

  // Show another instant, as much of it as is seen now: the week of it where a week is seen.
  reach(at) {
    const { named } = this;
    if (named && named !== "all" && named !== "quarter") this.show(...this.period(named, at));
    else this.show(at - this.span / 2, at + this.span / 2);
  }

  // The three months before or after those that are seen.
  quarterBeside(isOn) {
    const { year, month } = this.clock.parts(isOn ? this.to : this.from);
    const first = isOn ? month : month - 3;
    return [this.clock.instant(year, first, 1), this.clock.instant(year, first + 3, 1)];
  }

  // The name of the period that is seen: whole, cut to what was sent, or moved to its end as the last 7 days; else nothing.
  get named() {
    if (this.isWhole) return "all";
    const { first, ends } = this.measured;
    const isSeen = ([from, to]) =>
      (Math.max(from, first) === this.from && Math.min(to, ends) === this.to) ||
      ((from < first || to > ends) && (this.from === first || this.to === ends) && to - from === this.span);
    const within = [this.from, (this.from + this.to) / 2, this.to - 1];
    return ["day", "week", "month", "quarter", "year"].find((name) => within.some((at) => isSeen(this.period(name, at)))) ?? "";
  }
}
