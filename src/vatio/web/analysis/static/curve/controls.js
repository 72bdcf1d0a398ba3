// The buttons beside the curve, and the keys on it.
import { DAY } from "./wall_clock.js";

// The shortest range in which a button shows less than everything.
const FROM = { day: DAY, week: 7 * DAY, month: 31 * DAY, quarter: 92 * DAY, year: 366 * DAY };

export class Controls {
  constructor({ box, tools, view, reader, save }) {
    Object.assign(this, { box, tools, view, reader, save });
    const whole = view.measured.ends - view.measured.first;
    for (const button of this.buttons) {
      const { go } = button.dataset;
      if (go in FROM) button.hidden = whole <= FROM[go] || FROM[go] < view.least;
    }
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("[data-go]");
      if (button) this.go(button.dataset.go);
    });
    box.addEventListener("keydown", (event) => this.press(event));
    view.watch(() => this.say());
  }

  get buttons() {
    return this.tools.querySelectorAll("[data-go]");
  }

  say() {
    const { view } = this;
    const { named } = view;
    for (const button of this.buttons) {
      const { go } = button.dataset;
      if (go in FROM || go === "all") button.setAttribute("aria-pressed", String(go === named));
      else if (go === "back") this.shut(button, view.from <= view.measured.first);
      else if (go === "on") this.shut(button, view.to >= view.measured.ends);
      else if (go === "in") this.shut(button, view.span <= view.least);
      else if (go === "out") this.shut(button, view.isWhole);
    }
  }

  // A button that can do nothing says so, and keeps the focus of whoever pressed it last.
  shut(button, isShut) {
    if (isShut) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }

  go(name) {
    const { view } = this;
    if (name === "all") view.all();
    else if (name === "in") view.zoom(1 / 2);
    else if (name === "out") view.zoom(2);
    else if (name === "back" || name === "on") this.turn(name === "on");
    else if (name === "png") this.save();
    else if (name in FROM) view.show(...view.period(name, this.anchor()));
  }

  // The period before or after; where none is seen, as much as is seen.
  turn(isOn) {
    const { view } = this;
    const { named } = view;
    if (named === "quarter") view.show(...view.quarterBeside(isOn));
    else if (named && named !== "all") view.show(...view.period(named, isOn ? view.to : view.from - 1));
    else view.move(isOn ? 1 : -1);
  }

  // What somebody is reading, else the middle, or of everything the last that is known.
  anchor() {
    const { view, reader } = this;
    if (reader.at !== null) return reader.at;
    return view.isWhole ? view.measured.lastKnown : (view.from + view.to) / 2;
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.box) return;
    const { view, reader } = this;
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (way && event.shiftKey) view.move(way / 4);
    else if (way) reader.step(way);
    else if (event.key === "Home") reader.jump(0);
    else if (event.key === "End") reader.jump(-1);
    else if (event.key === "+") view.zoom(1 / 2, reader.at ?? undefined);
    else if (event.key === "-" || event.key === "−") view.zoom(2, reader.at ?? undefined);
    else if (event.key === "0") view.all();
    else if (event.key === "Escape") reader.leave();
    else return;
    event.preventDefault();
  }
}
