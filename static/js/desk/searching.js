// The search as it is typed: each request takes the place of the one before. Words go in the body, never in an address.

import { post, say, screen } from "./asking.js";

const SILENCE = 120;
const form = document.getElementById("search-form");
const call = document.getElementById("call-form");
const place = screen.querySelector("[data-results]");
const without = new Set();
let timer = 0;
let running = null;

const OF_SITUATION = ["place", "age_band", "bim", "mobility", "languages", "audiences"];

function asked() {
  const body = new FormData();
  body.set("q", form.elements.q.value);
  for (const [name, value] of new FormData(call)) if (OF_SITUATION.includes(name)) body.append(name, value);
  const need = screen.querySelector("[name=need]:checked");
  if (need) body.append("need_code", need.dataset.code);
  for (const name of without) body.append("without", name);
  return body;
}

const isEmpty = (body) => ![...body].some(([name, value]) => value && name !== "without");

export function soon() {
  clearTimeout(timer);
  timer = setTimeout(search, SILENCE);
}

export async function search() {
  clearTimeout(timer);
  running?.abort();
  const body = asked();
  if (isEmpty(body)) return;
  const mine = (running = new AbortController());
  try {
    const answer = await post(form.action, body, mine.signal);
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    if (running !== mine) return;
    const chosen = place.querySelector("[name=service]:checked");
    const wasThere = chosen && chosen.matches(":focus") ? chosen.value : "";
    place.innerHTML = html;
    place.dataset.words = body.get("q");
    if (wasThere) (place.querySelector(`[name=service][value="${wasThere}"]`) || place.querySelector("[name=service]"))?.focus();
    place.dataset.answered = String(Number(place.dataset.answered || 0) + 1);
  } catch (problem) {
    if (problem.name !== "AbortError") say(problem.said || screen.dataset.failed);
  } finally {
    if (running === mine) running = null;
  }
}

/** Results for what stands in the field now: waits for one that is on its way. */
export async function settled() {
  clearTimeout(timer);
  if (running || place.dataset.words !== form.elements.q.value) await search();
}

form.addEventListener("input", soon);
form.addEventListener("submit", (event) => { event.preventDefault(); });
for (const event of ["input", "change"]) {
  document.addEventListener(event, ({ target }) => {
    if (OF_SITUATION.includes(target.name) || target.name === "need") { without.clear(); soon(); }
  });
}
place.addEventListener("click", ({ target }) => {
  const chip = target.closest("[data-without], [data-with]");
  if (!chip) return;
  if (chip.dataset.without) without.add(chip.dataset.without);
  else without.delete(chip.dataset.with);
  search();
});
