// The autosave of a catalogue form: what was typed before Wagtail began to watch is saved too, and the button's save
// says which version it builds on.

const form = () => document.querySelector("form[data-edit-form]");
let typedEarly = false;
let watched = false;

for (const name of ["input", "change"]) {
  document.addEventListener(name, (event) => {
    if (!watched && event.isTrusted && form()?.contains(event.target)) typedEarly = true;
  });
}

// Wagtail takes the form as it is two seconds after the page was drawn for unchanged.
document.addEventListener("w-unsaved:watch-edits", () => {
  if (!watched && typedEarly) form()?.dispatchEvent(new CustomEvent("w-unsaved:add", { bubbles: true, cancelable: true, detail: { type: "edits" } }));
  watched = true;
});

function setHidden(name, value) {
  let field = form().querySelector(`input[name="${name}"]`);
  if (!field) {
    field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    form().prepend(field);
  }
  field.value = value;
}

// While it comes down, before Wagtail takes the form for saved: otherwise the new value would be one more change.
document.addEventListener(
  "w-autosave:success",
  (event) => {
    const { revision_id: id, revision_created_at: at } = event.detail?.response ?? {};
    if (!id || !form()) return;
    setHidden("loaded_revision_id", id);
    setHidden("loaded_revision_created_at", at);
  },
  true,
);
