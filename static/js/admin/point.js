// The point of a place: found from its address, seen and moved on a map, or typed as numbers. Leaflet is fetched only
// when a map is wanted; without a tile server the communes' outlines are drawn. Works in the form and in a chooser.
import { ask } from "./asking.js";

const BRUSSELS = [[50.764, 4.245], [50.913, 4.482]];
const CLOSE_ZOOM = { tiles: 16, outlines: 13 }; // outlines alone show nothing from nearer
const DIGITS = 6; // a tenth of a metre
const HIDDEN = "address_hidden";
const states = new WeakMap();
let leaflet = null;

const BOX = "[data-point]";
const field = (box, name) => box.closest("form").querySelector(`[name$="${name}"]`);
const value = (box, name) => field(box, name)?.value.trim() ?? "";
const hiddenAddress = (box) => value(box, "address_visibility") === HIDDEN;

function loadLeaflet(box) {
  leaflet ??= new Promise((resolve, reject) => {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = box.dataset.leafletCss;
    document.head.prepend(style);
    const script = document.createElement("script");
    script.src = box.dataset.leaflet;
    script.onload = () => resolve(window.L);
    script.onerror = reject;
    document.head.append(script);
  });
  return leaflet;
}

function point(box) {
  const number = (name) => {
    const text = value(box, name).replace(",", ".");
    return text === "" ? NaN : Number(text);
  };
  const [lat, lon] = [number("lat"), number("lon")];
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? [lat, lon] : null;
}

function setPoint(box, lat, lon, precision) {
  for (const [name, text] of [["lat", lat], ["lon", lon], ["precision", precision]]) {
    if (text === undefined || !field(box, name)) continue;
    field(box, name).value = typeof text === "number" ? String(Number(text.toFixed(DIGITS))) : text;
    field(box, name).dispatchEvent(new Event("change", { bubbles: true }));
  }
  place(box);
  territories(box);
}

async function territories(box) {
  const said = box.querySelector(".point-said");
  const here = point(box);
  if (!here) {
    said.textContent = "";
    return;
  }
  const data = new FormData();
  data.set("lat", here[0]);
  data.set("lon", here[1]);
  data.set("postcode", value(box, "postcode"));
  const answer = await ask(box.dataset.territoriesUrl, data);
  const told = answer ? await answer.json().catch(() => ({})) : {};
  said.textContent = told.said ?? told.error ?? box.dataset.unreachable;
}

async function find(box) {
  const list = box.querySelector(".point-found");
  const said = box.querySelector(".point-said");
  const data = new FormData();
  data.set("street", value(box, "street_fr"));
  data.set("other_street", value(box, "street_nl"));
  data.set("house_number", value(box, "house_number"));
  data.set("postcode", value(box, "postcode"));
  data.set("visibility", value(box, "address_visibility") || "public");
  const answer = await ask(box.dataset.pointsUrl, data);
  const told = answer ? await answer.json().catch(() => ({})) : {};
  list.replaceChildren();
  said.textContent = told.error ?? told.said ?? (answer ? "" : box.dataset.unreachable);
  for (const one of told.points ?? []) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-small button-secondary";
    button.textContent = `${one.label} (${one.exactness})`;
    button.addEventListener("click", () => {
      setPoint(box, one.lat, one.lon, one.precision);
      showMap(box);
    });
    item.append(button);
    list.append(item);
  }
  const [first, ...others] = told.points ?? [];
  if (first && !others.length && !point(box)) {
    setPoint(box, first.lat, first.lon, first.precision);
    showMap(box);
  } else list.querySelector("button")?.focus();
}

async function showMap(box) {
  const frame = box.querySelector(".point-map");
  if (states.has(box)) return place(box);
  frame.hidden = false;
  try {
    const L = await loadLeaflet(box);
    if (states.has(box)) return place(box);
    const tiles = hiddenAddress(box) ? "" : box.dataset.tiles; // a tile server would learn where it is
    const map = L.map(frame, { minZoom: 7, maxZoom: 19, attributionControl: Boolean(tiles), scrollWheelZoom: false });
    map.attributionControl?.setPrefix(false);
    map.fitBounds(BRUSSELS);
    if (tiles) L.tileLayer(tiles, { attribution: box.dataset.attribution, maxZoom: 19 }).addTo(map);
    const icon = L.divIcon({ className: "point-marker", html: "<span></span>", iconSize: [30, 30], iconAnchor: [15, 15] });
    const marker = L.marker(map.getCenter(), { icon, draggable: true, keyboard: true, alt: box.dataset.marker, title: box.dataset.marker });
    const moved = () => setPoint(box, marker.getLatLng().lat, marker.getLatLng().lng, "address");
    marker.on("dragend", moved);
    map.on("click", (event) => setPoint(box, event.latlng.lat, event.latlng.lng, "address"));
    states.set(box, { map, marker, closest: CLOSE_ZOOM[tiles ? "tiles" : "outlines"] });
    place(box);
    const outlines = await fetch(box.dataset.outlines).then((answer) => answer.json());
    L.geoJSON(outlines, { interactive: false, style: { className: "point-commune", weight: 1, fill: !tiles } }).addTo(map).bringToBack();
  } catch {
    frame.hidden = !states.has(box);
    box.querySelector(".point-said").textContent = box.dataset.failed;
  }
}

const STEP = { ArrowUp: [0.00005, 0], ArrowDown: [-0.00005, 0], ArrowLeft: [0, -0.00008], ArrowRight: [0, 0.00008] }; // some 5 m

/** The marker where the fields say. */
function place(box) {
  const state = states.get(box);
  if (!state) return;
  const here = point(box);
  if (!here) {
    state.marker.remove();
    return;
  }
  state.marker.setLatLng(here).addTo(state.map);
  const element = state.marker.getElement();
  element.setAttribute("aria-label", box.dataset.marker);
  element.onkeydown = (event) => {
    const step = STEP[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const now = point(box);
    setPoint(box, now[0] + step[0], now[1] + step[1], "address");
  };
  if (!state.map.getBounds().pad(-0.1).contains(here) || state.map.getZoom() < state.closest) {
    state.map.setView(here, Math.max(state.map.getZoom(), state.closest), { animate: false });
  }
}

function sayHidden(box) {
  box.querySelector(".point-hidden").hidden = !hiddenAddress(box);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-point-find], [data-point-map], [data-point-clear]");
  const box = button?.closest(BOX);
  if (!box) return;
  if (button.matches("[data-point-find]")) find(box);
  else if (button.matches("[data-point-map]")) showMap(box).then(() => territories(box));
  else {
    for (const name of ["lat", "lon"]) field(box, name).value = "";
    place(box);
    territories(box);
    field(box, "lat").dispatchEvent(new Event("change", { bubbles: true }));
  }
});

document.addEventListener("change", (event) => {
  const box = event.target.form?.querySelector(BOX);
  if (!box || !event.isTrusted) return;
  if (/(lat|lon)$/.test(event.target.name)) {
    place(box);
    territories(box);
  }
  if (/address_visibility$/.test(event.target.name)) {
    sayHidden(box);
    const state = states.get(box); // drawn anew without tiles, or with them
    if (state) {
      state.map.remove();
      states.delete(box);
      showMap(box);
    }
  }
});

for (const box of document.querySelectorAll(BOX)) {
  sayHidden(box);
  if (point(box)) territories(box);
}
