// The curve as a picture to keep: its title, its stretch and its legend above the canvas, on white.
import { colour, faint, font, wearLight } from "./colours.js";
import { lineOf } from "./chart.js";
import { hatching } from "./marks.js";

const ROOM = 24;
const ROW = 22;

function swatch(pen, shape, look, x, y) {
  pen.save();
  pen.translate(x, y);
  if (shape === "area" || shape === "foot") {
    const fills = {
      band: () => colour("wash"),
      estimated: () => faint("accent", 11),
      none: () => hatching(pen, "edge", 60),
      doubtful: () => hatching(pen, "warm-fill", 55),
      partial: () => colour("warm-fill"),
    };
    pen.fillStyle = fills[look]();
    pen.fillRect(0, shape === "foot" ? 2 : -5, 22, shape === "foot" ? 3 : 10);
  } else if (shape === "mark") {
    pen.fillStyle = colour("red-fill");
    pen.beginPath();
    pen.moveTo(11, -4);
    pen.lineTo(15, 4);
    pen.lineTo(7, 4);
    pen.fill();
  } else {
    const own = { before: { token: "soft", width: 1.25, dash: [4, 3] }, contracted: { token: "ink", width: 1.5 } };
    const { token, width, dash } = own[look] ?? lineOf(Number(look) - 1);
    pen.strokeStyle = colour(token);
    pen.lineWidth = width;
    pen.setLineDash(dash ?? []);
    pen.beginPath();
    pen.moveTo(0, 0);
    pen.lineTo(22, 0);
    pen.stroke();
  }
  pen.restore();
}

// Place each entry of the legend in rows no wider than the picture.
function rows(pen, found, width) {
  pen.font = font(12);
  let [x, row] = [0, 0];
  const placed = found.map(([shape, look, name]) => {
    const wide = pen.measureText(name).width + 46;
    if (x > 0 && x + wide > width) [x, row] = [0, row + 1];
    const place = { shape, look, name, x, row };
    x += wide;
    return place;
  });
  return { placed, count: placed.length ? row + 1 : 0 };
}

function compose(chart, { title, stretch, found }) {
  const to = document.createElement("canvas");
  const pen = to.getContext("2d");
  const { width, height } = chart;
  const legend = rows(pen, found, width);
  const head = ROOM + 22 + 20 + legend.count * ROW + 8;
  to.width = (width + 2 * ROOM) * devicePixelRatio;
  to.height = (height + head + ROOM) * devicePixelRatio;
  pen.scale(devicePixelRatio, devicePixelRatio);
  pen.fillStyle = colour("surface");
  pen.fillRect(0, 0, width + 2 * ROOM, height + head + ROOM);
  pen.textBaseline = "middle";
  pen.fillStyle = colour("ink");
  pen.font = font(16, 650);
  pen.fillText(title, ROOM, ROOM + 8, width);
  pen.fillStyle = colour("soft");
  pen.font = font(13);
  pen.fillText(stretch, ROOM, ROOM + 30, width);
  pen.font = font(12);
  for (const { shape, look, name, x, row } of legend.placed) {
    const y = ROOM + 56 + row * ROW;
    swatch(pen, shape, look, ROOM + x, y);
    pen.fillStyle = colour("soft");
    pen.fillText(name, ROOM + x + 28, y);
  }
  pen.drawImage(chart.ctx.canvas, ROOM, head, width, height);
  return to;
}

export async function save(chart, { title, stretch, file, found }) {
  const undress = wearLight();
  // The chart paints itself anew in a task of its own, queued before this one goes on.
  await Promise.resolve();
  const picture = compose(chart, { title, stretch, found });
  undress();
  picture.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${file}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
}
