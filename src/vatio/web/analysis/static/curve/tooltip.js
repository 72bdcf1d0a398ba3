// What is read, beside the step that it is of. The same is said aloud elsewhere, so this is hidden from that.
const NARROW = 600;

const named = (name, words = "") => {
  const made = document.createElement(name);
  made.textContent = words;
  return made;
};

export class Tooltip {
  constructor(box) {
    this.box = box;
    this.element = named("div");
    this.element.className = "chart-tip plot-tip";
    this.element.hidden = true;
    this.element.setAttribute("aria-hidden", "true");
    box.append(this.element);
  }

  show(across, { title, rows, remarks }) {
    const list = named("dl");
    for (const [name, value] of rows) list.append(named("dt", name), named("dd", value));
    this.element.replaceChildren(named("b", title), list, ...remarks.map((each) => named("p", each)));
    this.element.hidden = false;
    const width = this.element.offsetWidth;
    const isAtTheEnd = across + 14 + width > this.box.clientWidth;
    const left = isAtTheEnd ? Math.max(0, across - width - 14) : across + 14;
    // On a narrow chart it would cover what is read: there it stands above.
    const top = this.box.clientWidth < NARROW ? 10 - this.element.offsetHeight : 8;
    this.element.style.transform = `translate(${Math.round(left)}px, ${top}px)`;
  }

  hide() {
    this.element.hidden = true;
  }
}
