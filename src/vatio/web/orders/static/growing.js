// «Ampliar»: keeps the totals beside the form, and the sentence over them, in step with what is
// typed. Without it the server shows the same totals when the form is sent.
(() => {
  const form = document.getElementById("growing");
  const side = document.getElementById("grown");
  if (!form || !side) return;
  const spanish = document.documentElement.lang === "es";
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, spanish ? "." : ",");
  const number = (text) => {
    const plain = text.trim().replace(/[.,\s](?=\d{3})/g, "");
    return /^\d+$/.test(plain) ? Number(plain) : 0;
  };
  const show = () => {
    const changes = [];
    for (const row of side.querySelectorAll("[data-unit]")) {
      const today = Number(row.dataset.today);
      const added = number(form.elements[row.dataset.unit].value);
      row.querySelector("ins").textContent = grouped(today + added);
      row.classList.toggle("same", added === 0);
      if (added) {
        const values = { before: grouped(today), after: grouped(today + added) };
        changes.push(row.dataset.words.replace(/\{(\w+)\}/g, (_whole, name) => values[name]));
      }
    }
    const said = changes.join(side.dataset.and) || side.dataset.nothing;
    document.getElementById("says").textContent = said[0].toUpperCase() + said.slice(1);
  };
  form.addEventListener("input", show);
  show();
})();
