// On every page of the desk but a call's: `w` leads to "who is calling", `c` to a new call, `?` lists the keys; before a
// call, a digit or a plus begins the number.

const field = document.getElementById("caller");
const dialog = document.querySelector("[data-keys]");
const start = document.querySelector(".site-name").href;
const begins = document.getElementById("new-form"); // on the first page `c` begins the call (start.js)

document.addEventListener("keydown", (event) => {
  if (!dialog || dialog.open || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") event.target.blur();
  if (event.target.matches("input:not([type=radio]):not([type=checkbox]), select, textarea")) return;
  if ("singleKeys" in document.body.dataset) return; // switched off
  if (event.key === "?") {
    event.preventDefault();
    dialog.showModal();
  } else if (event.key === "c" && !begins) {
    event.preventDefault();
    location.assign(start);
  } else if (event.key === "w") {
    event.preventDefault();
    if (!field?.offsetParent) location.assign(start); // a narrow window has it there only
    field?.focus();
    field?.select();
  } else if (field && "digits" in field.dataset && /^[0-9+]$/.test(event.key)) {
    field.focus(); // what was pressed is typed there
  }
});

document.querySelector("[data-help]")?.addEventListener("click", () => dialog?.showModal());
