// On every page of the desk but a call's: `w` leads to "who is calling"; before a call, a digit or a plus begins the number.

const field = document.getElementById("caller");

document.addEventListener("keydown", (event) => {
  if (!field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.matches("input:not([type=radio]):not([type=checkbox]), select, textarea")) return;
  if (event.key === "w") {
    event.preventDefault();
    field.focus();
    field.select();
  } else if ("digits" in field.dataset && /^[0-9+]$/.test(event.key)) {
    field.focus(); // what was pressed is typed there
  }
});
