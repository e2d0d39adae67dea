// The one screen of a call. What is typed goes to the server and nowhere else: no storage of the browser is used.

import "./acting.js";
import { screen } from "./asking.js";
import "./keeping.js";
import "./keys.js";
import { search } from "./searching.js";

const timer = screen.querySelector("[data-since]");
if (timer) {
  const since = Date.parse(timer.dataset.since);
  const tick = () => {
    const seconds = Math.max(0, Math.floor((Date.now() - since) / 1000));
    const two = (number) => String(number).padStart(2, "0");
    timer.textContent = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  };
  tick();
  setInterval(tick, 1000);
}
// A page that comes back by the back button is read anew: it may be old.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
if (!screen.querySelector("[data-row]")) search();
