// Before a call: `c` begins one, `e` notes an earlier one.

document.addEventListener("keydown", (event) => {
  if (!["c", "e"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  if ("singleKeys" in document.body.dataset || document.querySelector("dialog[open]")) return; // switched off; a list is read
  if (event.target.matches("input, select, textarea")) return;
  event.preventDefault();
  if (event.key === "e") {
    const at = document.getElementById("at");
    at.closest("details").open = true;
    at.focus();
    return;
  }
  document.getElementById("new-form").requestSubmit(document.querySelector("[value=incoming]"));
});
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
