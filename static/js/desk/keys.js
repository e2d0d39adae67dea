// Keys for everything: single letters outside of fields (unless switched off), Escape out of them, Ctrl+Enter closes the call from anywhere.

import { screen } from "./asking.js";
import { settled } from "./searching.js";

const byId = (id) => document.getElementById(id);
const dialog = document.querySelector("[data-keys]");
const singleKeys = !("singleKeys" in document.body.dataset); // who dictates switches them off
const isField = (node) => node?.matches("input:not([type=radio]):not([type=checkbox]), textarea, select");
const rows = () => [...screen.querySelectorAll("[name=service]")];

function focusOn(id) {
  const field = byId(id);
  field?.focus();
  field?.select?.();
}

function choose(step) {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((one) => one.checked);
  const next = all[document.activeElement?.name === "service" ? Math.min(all.length - 1, Math.max(0, now + step)) : Math.max(0, now)];
  next.checked = true;
  next.focus();
  next.closest("[data-row]").scrollIntoView({ block: "nearest" });
}

function openMenu(letter) {
  const menu = screen.querySelector(`[data-menu="${letter}"]`);
  if (!menu) return;
  menu.open = true;
  menu.querySelector("button, a")?.focus();
}

/** The button of the chosen need, else the first there is. */
function withdraw() {
  const chosen = screen.querySelector("[name=need]:checked")?.closest(".need");
  const buttons = ":is([name=withdraw], [name=remove])";
  return chosen?.querySelector(buttons) ?? screen.querySelector(`.need ${buttons}`);
}

const COMMANDS = {
  "/": () => focusOn("q"),
  n: () => focusOn("need_text"),
  s: () => focusOn("place"),
  w: () => focusOn("who"),
  t: () => focusOn("note"),
  j: () => choose(1),
  k: () => choose(-1),
  ArrowDown: () => choose(1),
  ArrowUp: () => choose(-1),
  o: () => screen.querySelector("[data-orient]")?.click(),
  m: () => openMenu("m"),
  p: () => openMenu("p"),
  r: () => screen.querySelector("#back-form [data-digit]")?.focus(),
  g: () => screen.querySelector("[data-panel=given] li :is(a, button)")?.focus(), // the newest; Tab goes on
  f: () => screen.querySelector("[data-file]")?.click(),
  x: () => screen.querySelector("[data-oppose]")?.focus(), // Enter says so: no slip of a finger
  d: () => withdraw()?.focus(),
  a: () => byId("reopen-form")?.requestSubmit(),
  c: () => byId("new-form").requestSubmit(),
  "?": () => dialog.showModal(),
};

document.addEventListener("keydown", async (event) => {
  const at = document.activeElement;
  if (event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    byId("close-form")?.requestSubmit();
    return;
  }
  if (dialog.open || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    const menu = at?.closest?.("details[data-menu][open]");
    if (menu) menu.open = false;
    if (at?.id === "q") event.preventDefault(); // a search field would empty itself, under results that stay
    at?.blur();
    return;
  }
  if (at?.id === "q" && event.key === "/" && !at.value) {
    event.preventDefault(); // the key that leads here, pressed by who is here already
    return;
  }
  if (at?.id === "q" && (event.key === "Enter" || event.key === "ArrowDown")) {
    event.preventDefault();
    await settled();
    choose(0);
    return;
  }
  if (isField(at)) return;
  const menu = at?.closest?.("details[data-menu][open]");
  if (menu && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const items = [...menu.querySelectorAll("div button, div input, div a")];
    items[(items.indexOf(at) + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length].focus();
    return;
  }
  if (event.key === "Enter" && at?.name === "service") {
    event.preventDefault();
    const more = at.closest("[data-row]").querySelector("details");
    more.open = !more.open;
    return;
  }
  const digit = at?.closest?.("#back-form")?.querySelector(`[data-digit="${event.key}"]`);
  if (digit) {
    event.preventDefault();
    digit.click();
    return;
  }
  if (!singleKeys && event.key.length === 1) return;
  const command = COMMANDS[event.key];
  if (!command || ((event.key === "ArrowDown" || event.key === "ArrowUp") && at?.matches("[type=radio]:not([name=service])"))) return;
  event.preventDefault();
  command();
});

screen.querySelector("[data-help]").addEventListener("click", () => dialog.showModal());
