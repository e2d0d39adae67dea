// The map of results or of a listing. Leaflet is fetched only when the map is about to be seen; without a tile server
// the communes' outlines are drawn, and no third party is asked for anything.

// Closest zoom to fit, and the zoom from which names stand on the communes. Outside Brussels communes are larger.
const CLOSEST_FIT = { brussels: 14, belgium: 11.5 };
const LABELS_FROM_ZOOM = { brussels: 12, belgium: 10.5 };
const NEARBY_M = 12000;
const BRUSSELS = [[50.764, 4.245], [50.913, 4.482]];
const ABOUT_M = { street: 150, postcode: 600, commune: 1200 }; // how far off such a point may be

function loadLeaflet(box) {
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = box.dataset.leafletCss;
  document.head.prepend(style); // ours come after and win
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = box.dataset.leaflet;
    script.onload = () => resolve(window.L);
    script.onerror = reject;
    document.head.append(script);
  });
}

class PlacesMap {
  constructor(box, L) {
    this.box = box;
    this.L = L;
    this.area = null;
    this.markers = new Map();
    this.map = L.map(box, { zoomControl: false, zoomSnap: 0.5, minZoom: 7, maxZoom: 18, attributionControl: Boolean(box.dataset.tiles) });
    this.map.attributionControl?.setPrefix(false);
    L.control.zoom({ position: "topright", zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(this.map);
    L.control.scale({ imperial: false, position: "topleft" }).addTo(this.map);
    this.map.fitBounds(BRUSSELS);
    if (box.dataset.tiles) {
      box.classList.add("with-tiles");
      L.tileLayer(box.dataset.tiles, { attribution: box.dataset.attribution, maxZoom: 19 }).addTo(this.map);
    }
    this.land = L.layerGroup().addTo(this.map);
    this.labels = L.layerGroup().addTo(this.map);
    this.points = L.layerGroup().addTo(this.map);
    this.map.on("moveend zoomend", () => {
      this.drawLand();
      this.drawLabels();
    });
    this.draw();
  }

  rows() {
    return [...document.querySelectorAll(this.box.dataset.points)];
  }

  draw() {
    const { L } = this;
    this.points.clearLayers();
    this.markers.clear();
    const spots = [];
    for (const row of this.rows()) spots.push(this.addPoint(row));
    const list = document.getElementById("result-list");
    if (list?.dataset.placeLat) {
      const spot = [Number(list.dataset.placeLat), Number(list.dataset.placeLon)];
      const icon = L.divIcon({ className: "here", html: "<span></span>", iconSize: [26, 26] });
      L.marker(spot, { icon, keyboard: false, zIndexOffset: -100, title: this.box.dataset.here, alt: this.box.dataset.here }).addTo(this.points);
      spots.push(spot);
    }
    this.fit(spots, list?.dataset.placeLat ? spots.at(-1) : null);
  }

  /** Shows all the spots; around a place asked for, only those nearby when there are some: far ones would hide them. */
  fit(all, centre) {
    const near = centre ? all.filter((spot) => this.map.distance(spot, centre) < NEARBY_M) : all;
    const spots = near.length > 1 ? near : all;
    const closest = CLOSEST_FIT[spots.every(inBrussels) ? "brussels" : "belgium"];
    const maxZoom = spots.length > 1 || !centre ? closest : closest - 1;
    // What lies below the window's edge is not seen yet: the points go into the part that is.
    const hidden = Math.min(Math.max(0, this.box.getBoundingClientRect().bottom - window.innerHeight), this.box.clientHeight / 2);
    const frame = { paddingTopLeft: [36, 36], paddingBottomRight: [36, 36 + hidden], maxZoom, animate: false };
    if (spots.length) this.map.fitBounds(spots, frame);
    else this.map.fitBounds(BRUSSELS, { animate: false });
    this.drawLand();
  }

  addPoint(row) {
    const { L } = this;
    const spot = [Number(row.dataset.lat), Number(row.dataset.lon)];
    const about = ABOUT_M[row.dataset.precision];
    if (about) L.circle(spot, { radius: about, className: "about", weight: 1.5, interactive: false }).addTo(this.points);
    const number = row.dataset.number;
    const link = row.querySelector("h3 a");
    const name = (link ?? document.querySelector("h1")).textContent.trim();
    const icon = L.divIcon({
      className: about ? "marker marker-rough" : "marker",
      html: `<span>${Number(number)}</span>`,
      iconSize: [44, 44],
    });
    const marker = L.marker(spot, { icon, riseOnHover: true, keyboard: true }).addTo(this.points);
    const label = `${number}. ${name}${about ? ` (${this.box.dataset.approximate})` : ""}`;
    marker.getElement().setAttribute("aria-label", label);
    marker.getElement().title = label;
    marker.bindPopup(() => this.popup(row, link, name, about), { maxWidth: 280, minWidth: 180 });
    marker.on("mouseover focus", () => this.light(number, true)).on("mouseout blur", () => this.light(number, false));
    marker.getElement().addEventListener("focus", () => this.light(number, true));
    marker.getElement().addEventListener("blur", () => this.light(number, false));
    this.markers.set(number, marker);
    return spot;
  }

  popup(row, link, name, about) {
    const box = document.createElement("div");
    box.className = "popup";
    const title = document.createElement("strong");
    if (link) {
      const copy = document.createElement("a");
      copy.href = link.href;
      copy.textContent = name;
      title.append(copy);
    } else {
      title.textContent = row.querySelector(".place-address")?.innerText ?? name;
    }
    box.append(title);
    if (about) {
      const note = document.createElement("small");
      note.textContent = this.box.dataset.approximate;
      box.append(note);
    }
    const call = row.querySelector("a.call");
    if (call) box.append(call.cloneNode(true));
    return box;
  }

  light(number, on) {
    this.markers.get(number)?.getElement()?.classList.toggle("marker-lit", on);
    document.querySelector(`.card[data-number="${Number(number)}"]`)?.classList.toggle("lit", on);
  }

  /** The Brussels communes in detail while the map is on Brussels; once it leaves, all of Belgium, more coarsely. */
  async drawLand() {
    const { lat, lng } = this.map.getCenter();
    const area = this.area === "belgium" || !inBrussels([lat, lng]) ? "belgium" : "brussels";
    if (area === this.area) return;
    this.area = area;
    try {
      const url = new URL(this.box.dataset.outlines, location.href);
      if (area === "belgium") url.searchParams.set("area", area);
      const outlines = await (await fetch(url)).json();
      this.land.clearLayers();
      this.names = outlines.features.map((feature) => feature.properties);
      this.L.geoJSON(outlines, { interactive: false, style: { className: "commune", weight: 1 } }).addTo(this.land);
      this.land.eachLayer((layer) => layer.bringToBack());
      this.drawLabels();
    } catch {
      this.area = null; // the points are there without the land; the next results try again
    }
  }

  drawLabels() {
    this.labels.clearLayers();
    if (!this.names || this.box.dataset.tiles || this.map.getZoom() < LABELS_FROM_ZOOM[this.area ?? "brussels"]) return;
    const seen = this.map.getBounds();
    for (const { name, lat, lon } of this.names) {
      if (!seen.contains([lat, lon])) continue;
      const text = document.createElement("span");
      text.textContent = name;
      const icon = this.L.divIcon({ className: "commune-label", html: text, iconSize: [0, 0] });
      this.L.marker([lat, lon], { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(this.labels);
    }
  }
}

function inBrussels([lat, lon]) {
  return lat > 50.76 && lat < 50.92 && lon > 4.24 && lon < 4.49;
}

async function start(box) {
  try {
    const map = new PlacesMap(box, await loadLeaflet(box));
    new ResizeObserver(() => map.map.invalidateSize()).observe(box);
    document.body.addEventListener("htmx:afterSettle", (event) => {
      if (event.detail.target.id === "results") map.draw();
    });
    for (const type of ["mouseover", "mouseout", "focusin", "focusout"]) {
      document.addEventListener(type, (event) => {
        const card = event.target.closest?.(".card[data-lat]");
        if (card) map.light(card.dataset.number, type === "mouseover" || type === "focusin");
      });
    }
  } catch (error) {
    const text = document.createElement("p");
    text.className = "map-failed";
    text.textContent = box.dataset.failed;
    box.replaceChildren(text);
    throw error;
  }
}

const box = document.querySelector("[data-map]");
if (box) {
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    start(box);
  }, { rootMargin: "200px" }).observe(box);
}
