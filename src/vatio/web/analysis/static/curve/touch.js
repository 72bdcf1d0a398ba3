// Fingers on the curve: one moves it, two draw it apart; up and down still scroll the page.
export function followFingers(over, chart, view) {
  const fingers = new Map();
  let held = null;

  const across = (event) => event.clientX - over.getBoundingClientRect().left;
  const places = () => [...fingers.values()];

  // What lies under the fingers now is to stay under them.
  function hold() {
    const [one, other] = places();
    if (one === undefined) held = null;
    else held = [one, other].filter((place) => place !== undefined).map((place) => chart.posToVal(place, "x"));
  }

  function follow() {
    const [one, other] = places();
    const width = over.clientWidth;
    if (held.length === 2 && other !== undefined) {
      const span = ((held[1] - held[0]) / (other - one || 1)) * width;
      if (!(span > 0) || !Number.isFinite(span)) return;
      const from = held[0] - (one / width) * span;
      if (span >= view.least) view.show(from, from + span);
    } else {
      const from = held[0] - (one / width) * view.span;
      view.show(from, from + view.span);
    }
  }

  over.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse") return;
    fingers.set(event.pointerId, across(event));
    hold();
  });
  over.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, across(event));
    follow();
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
    over.addEventListener(end, (event) => {
      if (fingers.delete(event.pointerId)) hold();
    });

  // Two fingers on a touch pad arrive as a wheel with Ctrl.
  over.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      view.zoom(Math.exp(event.deltaY / 100), chart.posToVal(across(event), "x"));
    },
    { passive: false },
  );
}
