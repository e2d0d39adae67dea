// Beside each text: the languages in which it is still missing, once it is there in one.

function mark(group) {
  const fields = [...group.querySelectorAll("[data-lang]")];
  const missing = fields.filter((field) => !field.value.trim());
  const shown = missing.length < fields.length ? missing.map((field) => field.dataset.langName) : [];
  const note = group.querySelector(".missing-languages");
  note.hidden = !shown.length;
  note.querySelector("span").textContent = shown.join(", ");
}

function groups(root) {
  return [...root.querySelectorAll("[data-texts]")].filter((group) => !group.closest("template"));
}

document.addEventListener("input", (event) => {
  const group = event.target.closest?.("[data-texts]");
  if (group) mark(group);
});
for (const group of groups(document)) mark(group);
