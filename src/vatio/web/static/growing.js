// «Ampliar»: keeps the total beside the form in step with what is typed. Without it the
// server shows the same when the form is sent.
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
  form.addEventListener("input", () => {
    for (const row of side.querySelectorAll("[data-unit]")) {
      const added = number(form.elements[row.dataset.unit].value);
      row.querySelector("ins").textContent = grouped(Number(row.dataset.today) + added);
      row.classList.toggle("same", added === 0);
    }
  });
})();
