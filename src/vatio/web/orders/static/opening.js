// «Crear una nueva cuenta»: fills in what the chosen licence includes, and keeps the
// consequence at the side in step. Without it the form works all the same.
(() => {
  const form = document.getElementById("opening");
  const side = document.getElementById("foreseen");
  if (!form || !side) return;
  const language = document.documentElement.lang;
  const units = ["meters", "supply_points", "data_points", "rtc_lines"];
  const sold = { mtr: ["meters", "supply_points", "rtc_lines"], dp: ["data_points", "rtc_lines"] };
  const input = (name) => form.elements[name];
  const licence = () => form.querySelector("input[name=licence]:checked");
  const grouped = (number) =>
    String(number).replace(/\B(?=(\d{3})+$)/g, language === "es" ? "." : ",");
  const number = (text) => {
    const plain = text.trim().replace(/[.,\s](?=\d{3})/g, "");
    return /^\d+$/.test(plain) ? Number(plain) : null;
  };
  const filled = {};

  const lastDay = (year, month) => new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const monthsOn = (start, months) => {
    const total = start.getUTCFullYear() * 12 + start.getUTCMonth() + months;
    const year = Math.floor(total / 12);
    const day = Math.min(start.getUTCDate(), lastDay(year, total % 12));
    return new Date(Date.UTC(year, total % 12, day));
  };
  const written = (day) =>
    new Intl.DateTimeFormat(language, {
      day: "numeric", month: "short", year: "numeric", timeZone: "UTC",
    }).format(day);
  const say = (template, values) =>
    template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

  // A field that still holds what was filled in follows the licence; one that somebody wrote stays.
  const fill = () => {
    const chosen = licence();
    if (!chosen) return;
    for (const unit of units) {
      const untouched = input(unit).value === "" || input(unit).value === filled[unit];
      if (!sold[chosen.dataset.by].includes(unit)) input(unit).value = "";
      else if (untouched) input(unit).value = filled[unit] = chosen.dataset[unit];
    }
  };

  const show = () => {
    const chosen = licence();
    if (!chosen) return;
    const totals = {};
    let wrong = false;
    side.querySelector("[data-shows=licence]").textContent = chosen.dataset.name;
    for (const unit of units) {
      const row = side.querySelector(`[data-unit=${unit}]`);
      const own = Number(chosen.dataset[unit]);
      const typed = input(unit).value.trim();
      const total = totals[unit] = number(typed) ?? own;
      if (sold[chosen.dataset.by].includes(unit))
        wrong ||= total < own || (typed !== "" && number(typed) === null);
      const [, figure, made] = row.children;
      row.hidden = !sold[chosen.dataset.by].includes(unit);
      figure.textContent = grouped(total);
      made.textContent = total > own
        ? say(side.dataset.ofLicence, { own: grouped(own), more: grouped(total - own) }) : "";
    }
    const credits = side.querySelector("[data-unit=sms_credits]").children[1];
    credits.textContent = grouped(number(input("sms_credits").value) ?? 0);
    const months = number(input("months").value) ?? 0;
    if (wrong || months < 1 || months > 120) {
      side.querySelector(".says").textContent = side.dataset.wrong;
      return;
    }
    const words = chosen.dataset.by === "mtr" ? side.dataset.saysMtr : side.dataset.saysDp;
    side.querySelector(".says").textContent = say(words, {
      meters: grouped(totals.meters), cups: grouped(totals.supply_points),
      points: grouped(totals.data_points),
      months: months === 1 ? side.dataset.month : say(side.dataset.months, { n: months }),
      day: written(monthsOn(new Date(side.dataset.today), months)),
    });
  };

  const start = () => {
    if (!form.querySelector(".bad")) fill();
    show();
  };
  start();
  // A page that one comes back to may hold another choice than the one it was sent with.
  window.addEventListener("pageshow", start);
  form.addEventListener("input", (event) => {
    if (event.target.name === "licence") fill();
    show();
  });
})();
