// Forms that do something in the call: sent once for each act, answered with the panels that changed.

import { errors, post, put, say, screen } from "./asking.js";
import { keep, learn, notKept, version } from "./keeping.js";
import { search } from "./searching.js";

const busy = new WeakSet();

function offer(form, found) {
  const place = form.querySelector("[data-choices]");
  if (!place) return;
  place.replaceChildren(
    ...(found.choices || []).map(({ uuid, reference }) => {
      const button = document.createElement("button");
      button.name = "person";
      button.value = uuid;
      button.className = "small";
      button.textContent = reference;
      return button;
    }),
  );
  place.querySelector("button")?.focus();
  if (found.offer) form.querySelector("[data-new-person]")?.focus();
}

export async function act(form, button) {
  if (busy.has(form)) return;
  busy.add(form);
  try {
    const all = await keep(); // what was typed before comes before
    if (!all && (form.id === "close-form" || form.id === "new-form")) {
      const said = notKept();
      if (said) say(said);
      return;
    }
    const body = new FormData(form, button);
    body.set("version", version());
    // A retry after a lost answer has the same key; it is given up when the act was done or refused, or is another one.
    if (form.id === "act-form") {
      const what = ["service", "need", "mode", "appointment_at"].map((name) => body.get(name)).join(" ");
      if (form.dataset.what !== what) delete form.dataset.key;
      form.dataset.what = what;
      body.set("key", (form.dataset.key ||= crypto.randomUUID()));
    }
    const answer = await post(button?.getAttribute("formaction") || form.getAttribute("action"), body);
    const found = await answer.json();
    delete form.dataset.key;
    errors(answer.ok ? "" : found.field, found.said);
    say(found.said);
    if (!answer.ok) {
      const field = found.field === "need_text" || found.field === "who" || found.field === "q" ? document.getElementById(found.field) : null;
      field?.focus();
      return;
    }
    learn(found.version);
    if (found.go) {
      location.assign(found.go);
      return;
    }
    if (found.offer || found.choices) return offer(form, found);
    const leaves = form.id === "who-form" || form.id === "need-form";
    if (leaves) document.activeElement?.blur();
    put(found.panels);
    form.querySelectorAll("details[open][data-menu]").forEach((menu) => { menu.open = false; });
    if (found.search || found.panels?.situation) await search();
  } catch (problem) {
    say(problem.said || screen.dataset.failed);
  } finally {
    busy.delete(form);
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-act]")) return;
  event.preventDefault();
  act(event.target, event.submitter);
});
