// The list: ticks or unticks every account of the page, and says how many are ticked.
(() => {
  const boxes = () => [...document.querySelectorAll("input[name=ticked]:not(:disabled)")];
  const show = () => {
    const all = document.getElementById("tick-all");
    const button = document.getElementById("renew-ticked");
    if (!all || !button) return;
    const found = boxes();
    const ticked = found.filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === found.length;
    all.indeterminate = ticked > 0 && ticked < found.length;
    button.querySelector(".count-of").textContent = ticked ? ` (${ticked})` : "";
  };
  document.addEventListener("change", (event) => {
    if (event.target.id === "tick-all") for (const box of boxes()) box.checked = event.target.checked;
    show();
  });
  document.addEventListener("htmx:afterSettle", show);
  window.addEventListener("pageshow", show);
  show();
})();
