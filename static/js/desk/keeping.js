// Keeps the call as it is typed: after a second and a half of silence, and every five seconds while somebody types on.

import { errors, post, say, screen } from "./asking.js";

const SILENCE = 1500;
const MOST = 4000; // with the request itself under five seconds
const AGAIN = 3000;
const form = document.getElementById("call-form");
const kept = screen.querySelector("[data-kept]");
const conflict = screen.querySelector("[data-conflict]");
let quiet = 0;
let latest = 0;
let changed = 0; // counts what was typed
let saved = 0;
let sending = null;
let refused = ""; // the field whose text was not kept; the rest was
let stopped = screen.dataset.open !== "1";

export const version = () => form.elements.version.value;
export const learn = (number) => { if (number) form.elements.version.value = number; };

export function touched() {
  if (screen.dataset.open !== "1") return;
  changed += 1;
  clearTimeout(quiet);
  quiet = setTimeout(keep, SILENCE);
  if (!latest) latest = setTimeout(keep, MOST);
}

/** Sends what is not saved yet; true when all is saved. One at a time: two with one version would contradict each other. */
export async function keep() {
  while (sending) await sending;
  clearTimeout(quiet);
  clearTimeout(latest);
  latest = 0;
  if (stopped || saved === changed) return saved === changed && !refused;
  sending = send().finally(() => { sending = null; });
  return sending;
}

/** Back to what could not be kept, before the call is left. */
export function notKept() {
  const field = refused && document.getElementById(refused);
  if (field) field.focus();
  return refused || stopped ? "" : screen.dataset.offline;
}

async function send() {
  const upto = changed;
  kept.textContent = screen.dataset.saving;
  try {
    const answer = await post(screen.dataset.keep, new FormData(form));
    const found = await answer.json();
    if (answer.status === 409) return clash(found);
    if (!answer.ok) {
      errors(found.field, found.said);
      kept.textContent = "";
      say(found.said);
      return false;
    }
    learn(found.version);
    saved = upto;
    refused = found.refused ? found.field : "";
    errors(refused, found.said);
    kept.textContent = found.refused ? "" : found.said;
    if (refused) say(found.said);
    return !refused;
  } catch (problem) {
    kept.textContent = "";
    say(problem.said || screen.dataset.offline);
    quiet = setTimeout(keep, AGAIN);
    return false;
  }
}

function clash(found) {
  stopped = true;
  kept.textContent = "";
  conflict.hidden = false;
  conflict.dataset.version = found.version;
  conflict.querySelector("[data-conflict-said]").textContent = found.said;
  return false;
}

screen.querySelector("[data-take-theirs]").addEventListener("click", () => { saved = changed; location.reload(); });
screen.querySelector("[data-keep-mine]").addEventListener("click", () => {
  learn(conflict.dataset.version);
  conflict.hidden = true;
  stopped = false;
  keep();
});

for (const event of ["input", "change"]) {
  document.addEventListener(event, ({ target }) => { if (target.form === form) touched(); });
}
form.addEventListener("submit", (event) => { event.preventDefault(); keep(); });
addEventListener("beforeunload", (event) => { if (saved !== changed || refused) { keep(); event.preventDefault(); } });
document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });
