// While a service is typed: listings that it may be a second time.
import { afterPause, ask } from "./asking.js";

const PAUSE_MS = 600;
const WATCHED = /^(name_[a-z]+|organization|phones-\d+-number|service_at_locations-\d+-(location|phones-\d+-number))$/;

const box = document.querySelector("[data-looks-like]");
let last = "";

async function look() {
  const form = box.closest("form");
  const data = new FormData();
  data.set("pk", box.dataset.pk || (form.action.match(/\/edit\/(\d+)\//)?.[1] ?? ""));
  for (const field of form.querySelectorAll("input[name]")) {
    const { name, value } = field;
    if (!value || field.closest("template") || !WATCHED.test(name)) continue;
    if (/^name_/.test(name)) data.append("name", value);
    else if (name === "organization") data.set("organization", value);
    else if (/-location$/.test(name)) data.append("location", value);
    else data.append("phone", value);
  }
  const asked = new URLSearchParams(data).toString();
  if (asked === last) return;
  last = asked;
  const answer = await ask(box.dataset.url, data);
  if (answer?.ok && asked === last) box.innerHTML = await answer.text();
}

if (box) {
  const soon = afterPause(look, PAUSE_MS);
  for (const name of ["input", "change", "focusout"]) {
    // A chooser sets its hidden field without an event of its own; leaving it is one.
    document.addEventListener(name, (event) => {
      if (name === "focusout" || WATCHED.test(event.target.name ?? "")) soon("look");
    });
  }
}
