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

// The bars: the whole place of a column or of a row answers, with all its parts.
(() => {
  const listen = (box) => {
    const tip = new ChartTip(box);
    const tips = JSON.parse(box.dataset.chartTips).map(([title, rows, note]) => ({ title, rows, note }));
    const charts = [...box.querySelectorAll("[data-bars]")].map((svg) => {
      const [left, top, step, length, down] = svg.dataset.bars.split(" ").map(Number);
      return { svg, left, top, step, length, isDown: down === 1, read: svg.querySelector(".bar-read") };
    });
    let place = -1;
    const hide = () => {
      tip.hide();
      for (const { read } of charts) read.setAttribute("visibility", "hidden");
    };
    const mark = ({ left, top, step, length, isDown, read }) => {
      const [x, y, width, height] = isDown ? [left, top + place * step, length, step] : [left + place * step, top, step, length];
      for (const [name, value] of Object.entries({ x, y, width, height, visibility: "visible" })) read.setAttribute(name, value);
    };
    const point = (chart) => (event) => {
      const around = chart.svg.getBoundingClientRect();
      const scale = chart.svg.viewBox.baseVal.width / around.width;
      const [x, y] = [(event.clientX - around.left) * scale - chart.left, (event.clientY - around.top) * scale - chart.top];
      const [along, across] = chart.isDown ? [y, x] : [x, y];
      const found = Math.floor(along / chart.step);
      if (found < 0 || found >= tips.length || across < 0 || across > chart.length) return hide();
      place = found;
      mark(chart);
      const outer = box.getBoundingClientRect();
      tip.show(event.clientX - outer.left, event.clientY - outer.top - 40, tips[place]);
    };
    for (const chart of charts) {
      chart.svg.addEventListener("pointermove", point(chart));
      chart.svg.addEventListener("pointerdown", point(chart));
      chart.svg.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && hide());
    }
    box.addEventListener("blur", hide);
    box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape") return hide();
      if (event.key === "Enter" && place >= 0) return box.querySelectorAll(".wide-chart a")[place]?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
      const last = tips.length - 1;
      const to = { ArrowLeft: place - 1, ArrowUp: place - 1, ArrowRight: place + 1, ArrowDown: place + 1, Home: 0, End: last }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      place = Math.min(Math.max(to, 0), last);
      const chart = charts.find(({ svg }) => svg.getBoundingClientRect().width) ?? charts[0];
      mark(chart);
      const [at, outer] = [chart.read.getBoundingClientRect(), box.getBoundingClientRect()];
      tip.show(at.left + at.width / 2 - outer.left, at.top - outer.top + 8, tips[place]);
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
