// The stylesheet's colours for a canvas. A token may say light-dark(), so an element that wears it is asked.
const probe = document.createElement("span");
probe.hidden = true;
let worn = new Map();

export function colour(token) {
  if (!worn.has(token)) {
    if (!probe.isConnected) document.body.append(probe);
    probe.style.color = `var(--${token})`;
    worn.set(token, getComputedStyle(probe).color);
  }
  return worn.get(token);
}

export const faint = (token, percent) => `color-mix(in srgb, ${colour(token)} ${percent}%, transparent)`;

export const font = (size, weight = 400) => `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;

// What was asked is forgotten when the scheme or the theme changes; then the charts are told.
const charts = new Set();

export function forget() {
  worn = new Map();
  for (const repaint of charts) repaint();
}

export function whenColoursChange(repaint) {
  charts.add(repaint);
  return () => charts.delete(repaint);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", forget);
new MutationObserver(forget).observe(document.documentElement, { attributeFilter: ["data-theme"] });

// Paper is white: a canvas prints as it stands, so it is painted for it, and painted back.
export function wearLight() {
  const root = document.documentElement;
  const before = root.dataset.theme;
  root.dataset.theme = "light";
  forget();
  return () => {
    if (before === undefined) delete root.dataset.theme;
    else root.dataset.theme = before;
    forget();
  };
}

let undress = null;
addEventListener("beforeprint", () => { undress ??= wearLight(); });
addEventListener("afterprint", () => { undress?.(); undress = null; });
