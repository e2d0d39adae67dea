// Opening hours: read back in words while they are typed, and rows that repeat others.
import { afterPause, ask } from "./asking.js";

const PAUSE_MS = 350;
const BOX = "[data-hours]";

const listOf = (box) => document.getElementById(`id_${box.dataset.hours}-FORMS`);

function boxOf(target) {
  const list = target.closest('[id$="schedules-FORMS"]');
  return list && document.querySelector(`[data-hours="${list.id.slice(3, -6)}"]`);
}

async function read(box) {
  const list = listOf(box);
  if (!list) return;
  const prefix = box.dataset.hours;
  const data = new FormData();
  data.set("prefix", prefix);
  data.set(`${prefix}-TOTAL_FORMS`, document.getElementById(`id_${prefix}-TOTAL_FORMS`).value);
  for (const field of list.querySelectorAll("input[name], select[name]")) {
    if (field.type === "checkbox" && !field.checked) continue;
    data.append(field.name, field.value);
  }
  const asked = (box.asked = (box.asked ?? 0) + 1);
  const answer = await ask(box.dataset.url, data);
  if (answer?.ok && box.asked === asked) box.querySelector(".hours-said").innerHTML = await answer.text();
}

const readSoon = afterPause(read, PAUSE_MS);

for (const name of ["input", "change", "click"]) {
  document.addEventListener(name, (event) => {
    if (name === "click" && !event.target.closest("button")) return;
    const box = boxOf(event.target);
    if (box) readSoon(box);
  });
}

const rowsOf = (list) => [...list.children].filter((row) => row.matches("[data-inline-panel-child]") && !row.classList.contains("deleted") && row.offsetParent);

/** A new row, after Wagtail made it. */
function addRow(prefix) {
  document.getElementById(`id_${prefix}-ADD`).click();
  return listOf({ dataset: { hours: prefix } }).lastElementChild;
}

const named = (row, ending) => row.querySelector(`[name$="-${ending}"]`);

function copy(from, to, parts) {
  for (const ending of parts) {
    const source = named(from, ending);
    const target = named(to, ending);
    if (!source || !target) continue;
    if (source.type === "checkbox") target.checked = source.checked;
    else target.value = source.value;
  }
}

function copyDays(from, to) {
  for (const box of from.querySelectorAll('.days-input input[type="checkbox"]')) {
    const ending = box.name.endsWith("_weeks") ? "byday_weeks" : "byday_days";
    const twin = to.querySelector(`[name$="${ending}"][value="${box.value}"]`);
    if (twin) twin.checked = box.checked;
  }
}

const TIMES = ["opens_at", "closes_at", "on_holidays", "valid_from", "valid_to", "yearly", "closed"];
const SEASON = ["on_holidays", "valid_from", "valid_to", "yearly"];

function again(box, what) {
  const prefix = box.dataset.hours;
  const list = listOf(box);
  if (what === "place") {
    const first = document.getElementById("id_service_at_locations-0-schedules-FORMS");
    for (const row of rowsOf(first)) {
      const added = addRow(prefix);
      copyDays(row, added);
      copy(row, added, TIMES);
    }
  } else {
    const last = rowsOf(list).at(-1);
    const added = addRow(prefix);
    if (last && what === "times") copy(last, added, TIMES);
    if (last && what === "days") {
      copyDays(last, added);
      copy(last, added, SEASON);
    }
    added.querySelector(what === "days" ? '[name$="-opens_at"]' : '.days-input input[type="checkbox"]')?.focus();
  }
  list.dispatchEvent(new Event("change", { bubbles: true }));
  readSoon(box);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-hours-again]");
  if (button) again(button.closest(BOX), button.dataset.hoursAgain);
});

/** What can be repeated is offered when there is something to repeat. */
function offer() {
  const first = document.getElementById("id_service_at_locations-0-schedules-FORMS");
  for (const box of document.querySelectorAll(BOX)) {
    const list = listOf(box);
    if (!list || !box.offsetParent) continue;
    const some = rowsOf(list).length > 0;
    for (const button of box.querySelectorAll("[data-hours-again]")) {
      button.hidden = button.dataset.hoursAgain === "place" ? some || list === first || !first || !rowsOf(first).length : !some;
    }
  }
}

for (const name of ["click", "focusin"]) document.addEventListener(name, () => setTimeout(offer, 50));
setTimeout(offer, 0);
