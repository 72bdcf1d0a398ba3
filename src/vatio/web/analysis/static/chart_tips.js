// What is under the pointer or the arrows of a drawing: a box beside it, and the words said aloud.
class ChartTip {
  constructor(box) {
    this.box = box;
    this.read = box.querySelector("[data-chart-read]");
    this.element = document.createElement("div");
    this.element.className = "chart-tip";
    this.element.hidden = true;
    this.element.setAttribute("aria-hidden", "true");
    box.append(this.element);
  }

  // Rows are pairs of a name and a figure; x and y are in pixels of the box.
  show(x, y, { title, rows, note }) {
    const heading = document.createElement("b");
    heading.textContent = title;
    const list = document.createElement("dl");
    for (const [name, value] of rows) {
      const term = document.createElement("dt");
      const figure = document.createElement("dd");
      term.textContent = name;
      figure.textContent = value;
      list.append(term, figure);
    }
    const last = document.createElement("p");
    last.textContent = note;
    this.element.replaceChildren(heading, list, ...(note ? [last] : []));
    this.element.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const isRight = x + 14 + width <= this.box.clientWidth;
    const left = isRight ? x + 14 : Math.max(0, x - width - 14);
    const top = Math.max(0, Math.min(y, this.box.clientHeight - height));
    this.element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  say({ title, rows, note }) {
    this.read.textContent = [title, ...rows.map((row) => row.join(" ")), note].filter(Boolean).join(", ");
  }

  hide() {
    this.element.hidden = true;
  }
}

// The bars: the stretch of the whole column or row answers, with all its parts.
(() => {
  const listen = (box) => {
    const tip = new ChartTip(box);
    const tips = JSON.parse(box.dataset.chartTips).map(([title, rows, note]) => ({ title, rows, note }));
    let place = -1;
    const zones = () => [...box.querySelectorAll("svg")].find((svg) => svg.getBoundingClientRect().width)?.querySelectorAll("[data-tip]");
    const mark = (zone) => {
      for (const each of box.querySelectorAll(".read-now")) each.classList.remove("read-now");
      zone?.classList.add("read-now");
    };
    const hide = () => {
      tip.hide();
      mark();
    };
    box.addEventListener("pointermove", (event) => {
      const zone = event.target.closest("[data-tip]");
      if (!zone) return hide();
      const around = box.getBoundingClientRect();
      place = Number(zone.dataset.tip);
      mark(zone);
      tip.show(event.clientX - around.left, event.clientY - around.top - 40, tips[place]);
    });
    box.addEventListener("pointerleave", hide);
    box.addEventListener("blur", hide);
    box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const last = tips.length - 1;
      const to = { ArrowLeft: place - 1, ArrowUp: place - 1, ArrowRight: place + 1, ArrowDown: place + 1, Home: 0, End: last }[event.key];
      if (event.key === "Escape") hide();
      if (to === undefined) return;
      event.preventDefault();
      place = Math.min(Math.max(to, 0), last);
      const zone = zones()[place];
      const around = box.getBoundingClientRect();
      const at = zone.getBoundingClientRect();
      mark(zone);
      tip.show(Math.min(at.left + at.width / 2, at.right) - around.left, at.top - around.top + 8, tips[place]);
      tip.say(tips[place]);
    });
  };
  const listenToAll = () => {
    for (const box of document.querySelectorAll("[data-chart-tips]:not([data-listens])")) {
      box.dataset.listens = "";
      listen(box);
    }
  };
  document.addEventListener("htmx:afterSettle", listenToAll);
  listenToAll();
})();
