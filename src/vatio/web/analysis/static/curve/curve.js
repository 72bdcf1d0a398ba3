// Draws every load curve of a page in place of the server's picture, which stays where anything is missing.
import { draw } from "./chart.js";
import { whenColoursChange } from "./colours.js";
import { Controls } from "./controls.js";
import { entries, Legend } from "./legend.js";
import { Measured } from "./levels.js";
import { Marks } from "./marks.js";
import { Numbers } from "./numbers.js";
import { save } from "./picture.js";
import { Reader } from "./reader.js";
import { Reading } from "./reading.js";
import { Strip } from "./strip.js";
import { Tooltip } from "./tooltip.js";
import { followFingers } from "./touch.js";
import { View } from "./view.js";
import { DAY, HOUR, WallClock } from "./wall_clock.js";

const isSmall = matchMedia("(max-width: 52rem)");
const LANGUAGES = { es: "es-ES", en: "en-GB" };
const STEPS_SEEN = 8;

// The steps that are seen at the closest: a few hours, or of days a working week.
function closest(measured, sent) {
  const least = sent.level === "days" ? 5 * DAY : Math.max(STEPS_SEEN * sent.step, 2 * HOUR);
  return Math.min(least, measured.ends - measured.first);
}

// curva-2026-07-13-2026-07-19
function fileName(word, clock, { from, to }) {
  const days = [from, to - 1].map((at) => clock.shifted(at).toISOString().slice(0, 10));
  return [word, ...new Set(days)].join("-");
}

function put(frame, sent, words) {
  const box = frame.querySelector("[data-curve]");
  const find = (name) => frame.querySelector(`[data-part="${name}"]`);
  const language = LANGUAGES[sent.language] ?? sent.language;
  const clock = new WallClock(sent.shifts, language);
  const measured = new Measured(sent, clock);
  const numbers = new Numbers(language, sent.unit, measured.largest());
  const view = new View(measured, clock, closest(measured, sent));
  const reading = new Reading(measured, clock, numbers, words);
  const place = document.createElement("div");
  box.replaceChildren(place);
  const tooltip = new Tooltip(box);
  const reader = new Reader({ box, view, reading, tooltip, spoken: find("spoken") });
  const legend = new Legend(find("legend"), words);
  const size = () => ({ width: Math.floor(box.clientWidth), height: isSmall.matches ? 260 : 340 });
  const chart = draw(place, {
    measured,
    clock,
    numbers,
    marks: new Marks(measured, words),
    level: view.level,
    size: size(),
    stepUnder: (made, at) => reader.stepUnder(made, at),
    told: {
      whole: () => view.all(),
      cursor: (made) => reader.follow(made),
      selected: (made) => {
        const { left, width } = made.select;
        if (width < 1) return;
        const [from, to] = [made.posToVal(left, "x"), made.posToVal(left + width, "x")];
        made.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        view.show(from, to);
      },
    },
  });
  reader.attach(chart);
  followFingers(chart.over, chart, view);
  frame.classList.add("is-live");
  const strip = new Strip(find("strip"), view, sent.unit);
  const fit = () => strip.fit(chart.over.offsetLeft, chart.over.clientWidth);
  const title = document.getElementById(box.dataset.heading)?.textContent ?? "";
  const stretch = () => reading.stretch(view.level, view.from, view.to);
  new Controls({
    box,
    tools: find("tools"),
    view,
    reader,
    save: () => save(chart, { title, stretch: stretch(), file: fileName(words.file, clock, view), found: entries(view, words) }),
  });
  view.watch(() => {
    const { level } = view;
    chart.batch(() => {
      if (chart.level !== level) {
        chart.level = level;
        chart.setData(level.columns(), false);
      }
      chart.setScale("x", { min: view.from, max: view.to });
    });
    fit();
    legend.show(view);
    find("stretch").textContent = stretch();
  });
  const repaint = () => {
    chart.redraw(false);
    strip.chart.redraw(false);
  };
  const forgetColours = whenColoursChange(repaint);
  let width = box.clientWidth;
  const resized = new ResizeObserver(() => {
    if (!frame.isConnected) {
      resized.disconnect();
      forgetColours();
      return;
    }
    if (box.clientWidth === width || box.clientWidth === 0) return;
    width = box.clientWidth;
    chart.setSize(size());
    queueMicrotask(fit);
  });
  resized.observe(box);
  box.tabIndex = 0;
  box.setAttribute("aria-labelledby", box.dataset.heading);
  box.setAttribute("aria-describedby", box.dataset.keys);
  box.setAttribute("role", "application");
  box.setAttribute("aria-roledescription", words.chart);
  view.begin();
  queueMicrotask(fit);
  box.dispatchEvent(new CustomEvent("curve:drawn", { bubbles: true, detail: { chart, view } }));
}

// What the server has of the curve, or nothing where there is nothing to draw.
async function ask(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return null;
  const sent = await answer.json();
  return sent.curves.length && (sent.count || sent.starts?.length) ? sent : null;
}

async function begin(frame) {
  const box = frame.querySelector("[data-curve]");
  if (frame.dataset.begun) return;
  frame.dataset.begun = "yes";
  const pictures = [...box.childNodes];
  try {
    const sent = globalThis.uPlot && (await ask(box.dataset.curve));
    if (!sent) frame.classList.add("is-still");
    else put(frame, sent, JSON.parse(box.dataset.words));
  } catch (fault) {
    // With an answer that cannot be drawn, the server's picture says what it can.
    console.error(fault);
    box.replaceChildren(...pictures);
    frame.classList.remove("is-live");
    frame.classList.add("is-still");
  }
}

const beginAll = () => document.querySelectorAll("[data-frame]").forEach(begin);
document.addEventListener("htmx:afterSettle", beginAll);
beginAll();
