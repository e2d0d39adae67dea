// Before a call: `c` begins one.

document.addEventListener("keydown", (event) => {
  if (event.key !== "c" || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  event.preventDefault();
  document.getElementById("new-form").requestSubmit(document.querySelector("[value=incoming]"));
});
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
