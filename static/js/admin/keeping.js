// The autosave of a catalogue form: what was typed before Wagtail began to watch is saved too, and what was typed while a
// save was on its way or the server restarted; and the button's save says which version it builds on. One save at a time:
// the button waits for an autosave on its way, which the server could otherwise take for a newer version, or, on the add
// form, for a second listing.

const form = () => document.querySelector("form[data-edit-form]");
let typedEarly = false;
let watched = false;

for (const name of ["input", "change"]) {
  document.addEventListener(name, (event) => {
    if (!watched && event.isTrusted && form()?.contains(event.target)) typedEarly = true;
  });
}

const saveIt = () => form()?.dispatchEvent(new CustomEvent("w-unsaved:add", { bubbles: true, cancelable: true, detail: { type: "edits" } }));

// Wagtail takes the form as it is two seconds after the page was drawn for unchanged.
document.addEventListener("w-unsaved:watch-edits", () => {
  if (!watched && typedEarly) saveIt();
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

// When a save succeeded, Wagtail takes the form as it is then for saved, with what was typed since it was sent.
const OF_THE_SAVE = /^(csrfmiddlewaretoken|next|(loaded|overwrite)_revision_.*|comments-.*)$/;
const MORE_TYPED = "data-w-unsaved-force-value"; // Wagtail's own: until the next save, the form counts as changed
let sent = null;
let askedFor = "";

function inWords(data, besides) {
  const kept = [...data].filter(([name]) => !OF_THE_SAVE.test(name) && !(name in besides));
  return JSON.stringify(kept.map(([name, value]) => [name, value instanceof File ? [value.name, value.size] : value]));
}

document.addEventListener("w-autosave:save", (event) => { sent = event.detail.formData; }, true);

document.addEventListener("w-autosave:success", (event) => {
  if (!sent || !form()) return;
  const besides = event.detail?.response?.field_updates ?? {}; // set by the answer
  const now = inWords(new FormData(form()), besides);
  const missed = now !== inWords(sent, besides);
  // Asked for once: what still differs then is not somebody's typing.
  if (missed && now !== askedFor) form().setAttribute(MORE_TYPED, "true");
  askedFor = missed ? now : "";
});

// A server that restarts answers with an error for some seconds: asked again, as Wagtail does when there is no answer.
// Not on the add form: what was made before the error would be made twice.
const AGAIN_MS = [2_000, 4_000, 8_000, 16_000, 32_000];
let failed = 0;

document.addEventListener("w-autosave:success", () => { failed = 0; });
document.addEventListener("w-autosave:error", (event) => {
  if (event.detail?.type !== "server_error" || failed === AGAIN_MS.length || !form()?.action.includes("/edit/")) return;
  setTimeout(saveIt, AGAIN_MS[failed]);
  failed += 1;
});

const LONGEST_WAIT_MS = 10_000;
let onItsWay = false;
let leaving = false; // the button's save holds everything: no further autosave
let goOn = null;

document.addEventListener(
  "w-autosave:save",
  (event) => {
    if (leaving) event.preventDefault();
    else onItsWay = true;
  },
  true,
);

for (const name of ["w-autosave:success", "w-autosave:error"]) {
  document.addEventListener(name, () => {
    onItsWay = false;
    if (goOn) setTimeout(goOn); // once Wagtail has written the new address and version into the form
  });
}

function submitWhenSaved(button) {
  leaving = true;
  const late = setTimeout(() => goOn?.(), LONGEST_WAIT_MS);
  goOn = () => {
    clearTimeout(late);
    goOn = null;
    onItsWay = false;
    // Its button may be disabled, or gone with its menu, by now.
    const pressed = Object.assign(document.createElement("input"), { type: "hidden", name: button?.name ?? "", value: button?.value ?? "" });
    form().append(pressed);
    form().requestSubmit();
    pressed.remove();
  };
}

document.addEventListener(
  "submit",
  (event) => {
    if (event.target !== form()) return;
    if (onItsWay) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!goOn) submitWhenSaved(event.submitter);
      return;
    }
    leaving = true;
    setTimeout(() => { leaving = !event.defaultPrevented; }); // what somebody else held back goes on being saved
  },
  true,
);
window.addEventListener("pageshow", () => { leaving = false; });
