// The results page: short addresses, sheets that stay open while results change, and the switch between list and map.

const page = document.getElementById("search-page");
let openSheets = [];
let scrolled = 0;
let settled = new URLSearchParams(location.search).toString();  // the last search that was asked in earnest

// Empty fields and the first page stay out of the address; the same search is not asked twice.
document.body.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.id !== "search-form") return;
  const data = event.detail.formData;
  for (const name of [...new Set(data.keys())]) {
    const values = data.getAll(name).filter((value) => String(value).trim() !== "");
    data.delete(name);
    for (const value of values) data.append(name, value);
  }
  // While somebody types, what is asked is not yet what is meant: the server does not count it as asked in vain.
  const asked = new URLSearchParams(data).toString();
  const typing = event.detail.triggeringEvent?.type === "input";
  if (typing) event.detail.headers["Search-Typing"] = "1";
  if (asked === new URLSearchParams(location.search).toString() && (typing || asked === settled)) event.preventDefault();
  else if (!typing) settled = asked;
});

// A need and its parts: choosing a part lets go of the whole, and the other way round.
page.addEventListener("change", (event) => {
  const box = event.target;
  if (box.name !== "need" || !box.checked) return;
  const row = box.closest(".has-children");
  if (!row) return;
  const whole = row.querySelector(":scope > .option input");
  for (const other of row.querySelectorAll("input[name=need]")) {
    if ((box === whole && other !== whole) || (box !== whole && other === whole)) other.checked = false;
  }
}, { capture: true });

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "results") return;
  openSheets = [...page.querySelectorAll("#results details[open]")].map((details) => details.id).filter(Boolean);
  scrolled = page.querySelector(".sheet[open] .sheet-body")?.scrollTop ?? 0;
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "results") return;
  for (const id of openSheets) document.getElementById(id)?.setAttribute("open", "");
  const body = page.querySelector(".sheet[open] .sheet-body");
  if (body) body.scrollTop = scrolled;
});
// A failed request must not leave old results under a new question: load the whole page instead.
document.body.addEventListener("htmx:responseError", (event) => {
  location.assign(event.detail.pathInfo.finalRequestPath);
});

function closeSheets(except) {
  for (const sheet of page.querySelectorAll(".sheet[open]")) if (sheet !== except) sheet.removeAttribute("open");
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-close-sheet]");
  const sheet = event.target.closest(".sheet");
  if (button) {
    event.preventDefault(); // every choice is already applied
    const summary = sheet.querySelector("summary");
    closeSheets();
    summary.focus();
  } else if (!sheet || event.target.closest("summary.filter-button")) {
    closeSheets(sheet);
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const sheet = page.querySelector(".sheet[open]");
  if (!sheet) return;
  sheet.removeAttribute("open");
  sheet.querySelector("summary").focus();
});

const switcher = page.querySelector("[data-view-switch]");
switcher.addEventListener("click", () => {
  const map = page.dataset.view !== "map";
  page.dataset.view = map ? "map" : "list";
  switcher.querySelector("span").textContent = map ? switcher.dataset.list : switcher.dataset.map;
  const use = switcher.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, map ? "#list" : "#map"));
  window.scrollTo(0, 0);
});
