// A secret that is shown once: the button beside its field, of no use without a script, copies it.
for (const button of document.querySelectorAll("[data-copies]")) button.hidden = false;
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copies);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // Without HTTPS there is no clipboard to ask for; the older way needs the selected field.
    if (!document.execCommand("copy")) return;
  }
  button.textContent = button.dataset.done;
});
