// Two viewers side by side over the photos that stand in the page: the suspect's and the genuine
// one's. Zoom and place are shared, as parts of each picture. The frames of marks lie over the
// suspect and move with it; whether a stroke draws or moves the picture is switched here.
const SOURCE = "/static/vendor/openseadragon/openseadragon.min.js";

function library() {
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = SOURCE;
    script.addEventListener("load", () => done(window.OpenSeadragon));
    script.addEventListener("error", failed);
    document.head.append(script);
  });
}

export async function viewers(root) {
  if (!root?.querySelector("[data-photo]")) return null;
  // The library would put a rule into an inline style, which the policy forbids; it looks first
  // whether an element of that name is there, and one of no known kind carries no style.
  const stands = document.createElementNS("urn:none", "style");
  stands.setAttribute("data-openseadragon-mobile-css", "");
  document.head.append(stands);
  const OpenSeadragon = await library();
  const sides = [...root.querySelectorAll("[data-view]")].map((view) => side(OpenSeadragon, view)).filter(Boolean);
  root.classList.add("live");
  const [suspect, genuine] = [find(sides, "suspect"), find(sides, "genuine")];
  let together = true;
  for (const from of sides) {
    from.viewer.addHandler("viewport-change", () => {
      for (const to of sides) if (together && to !== from) follow(from, to);
    });
  }
  let drawing = false;
  suspect?.onshow((figure) => {
    // A genuine photo of the same shot comes along, where there is one.
    const same = genuine?.figures.findIndex((each) => each.dataset.shot && each.dataset.shot === figure.dataset.shot);
    if (same >= 0) genuine.show(same);
  });
  // What can be compared is shown first.
  const first = suspect?.figures.findIndex((each) => genuine?.figures.some((other) => other.dataset.shot === each.dataset.shot));
  suspect?.show(Math.max(0, first ?? 0));
  if (genuine && genuine.at < 0) genuine.show(0);
  return {
    show: (which, index) => find(sides, which)?.show(index),
    zoom: (by) => act(sides, together, (viewer) => viewer.viewport.zoomBy(by)),
    home: () => sides.forEach(({ viewer }) => viewer.viewport.goHome()),
    pan: (x, y) => act(sides, together, (viewer) => {
      const span = viewer.viewport.getBounds();
      viewer.viewport.panBy(new OpenSeadragon.Point(x * span.width, y * span.height));
    }),
    link: () => { together = !together; root.classList.toggle("apart", !together); return together; },
    mark: (on = !drawing) => { drawing = on; root.classList.toggle("drawing", drawing); return drawing; },
    boards: () => suspect,
  };
}

const find = (sides, name) => sides.find((each) => each.name === name);

function act(sides, together, move) {
  for (const { viewer } of together ? sides.slice(0, 1) : sides) {
    move(viewer);
    viewer.viewport.applyConstraints();
  }
}

// Where `from` looks, as parts of its picture, is where `to` looks on its own.
function follow(from, to) {
  if (!from.ready() || !to.ready() || from.led) return;
  const [source, target] = [from.viewer.viewport, to.viewer.viewport];
  const centre = source.getCenter();
  const zoom = source.getZoom() / source.getHomeZoom() * target.getHomeZoom();
  const place = { x: centre.x, y: centre.y / from.height() * to.height() };
  const here = target.getCenter();
  if (Math.abs(target.getZoom() / zoom - 1) < 1e-4 && Math.hypot(here.x - place.x, here.y - place.y) < 1e-5) return;
  to.led = true;
  target.zoomTo(zoom, null, false);
  target.panTo(Object.assign(here, place), false);
  to.led = false;
}

function side(OpenSeadragon, view) {
  const figures = [...view.querySelectorAll("[data-photo]")];
  if (!figures.length) return null;
  const box = view.querySelector("[data-viewer]");
  box.hidden = false;
  const viewer = new OpenSeadragon.Viewer({
    element: box, drawer: "canvas", showNavigationControl: false, animationTime: 0.25, springStiffness: 12,
    maxZoomPixelRatio: 6, visibilityRatio: 0.6, minZoomImageRatio: 0.8, gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    keyboardNavEnabled: false, crossOriginPolicy: false, imageSmoothingEnabled: true, buildPyramid: false,
  });
  const caption = view.querySelector("[data-caption]");
  const told = [];
  const self = {
    name: view.dataset.view, viewer, figures, at: -1, led: false,
    ready: () => viewer.world.getItemCount() > 0,
    height: () => viewer.world.getItemAt(0).getBounds().height,
    onshow: (hear) => told.push(hear),
    show(index) {
      const figure = figures[index];
      if (!figure || index === self.at) return;
      self.at = index;
      figures.forEach((each) => each.toggleAttribute("data-now", each === figure));
      caption.textContent = figure.dataset.says;
      viewer.clearOverlays();
      viewer.open({ type: "image", url: figure.dataset.photo, buildPyramid: false });
      for (const hear of told) hear(figure);
    },
  };
  viewer.addHandler("open", () => { overlay(OpenSeadragon, self); closer(self); });
  figures.forEach((figure, index) => {
    const pick = (event) => { event.preventDefault(); self.show(index); };
    const button = document.createElement("button");
    button.type = "button";
    button.className = "thumb";
    button.setAttribute("aria-label", figure.dataset.says);
    button.append(Object.assign(new Image(), { src: figure.dataset.photo, alt: "", draggable: false }));
    button.addEventListener("click", pick);
    figure.prepend(button);
  });
  return self;
}

// The small copy is there at once; the close one, with the photo's own pixels, is laid over it.
function closer(self) {
  const figure = self.figures[self.at];
  const tileSource = { type: "image", url: figure.dataset.close, buildPyramid: false };
  const laid = ({ item }) => {
    if (self.figures[self.at] === figure) figure.dataset.shows = "close";
    else self.viewer.world.removeItem(item);
  };
  self.viewer.addTiledImage({ tileSource, width: 1, success: laid });
}

// What is marked on the picture shown lies over it: the board of the form, or a drawing of its own.
function overlay(OpenSeadragon, self) {
  const figure = self.figures[self.at];
  figure.over ??= figure.querySelector("[data-board], .over");
  if (!figure.over) return;
  const own = figure.over;
  const element = own.matches("[data-board]") ? own : holder(own);
  figure.over = element;
  if (!element.dataset.held) {
    element.dataset.held = "yes";
    for (const name of ["pointerdown", "pointermove", "pointerup", "mousedown", "keydown", "click", "dblclick"]) {
      element.addEventListener(name, (event) => { if (event.target !== element) event.stopPropagation(); });
    }
  }
  self.viewer.addOverlay({ element, location: new OpenSeadragon.Rect(0, 0, 1, self.height()) });
}

function holder(drawing) {
  const element = document.createElement("div");
  element.className = "marked";
  element.append(drawing);
  return element;
}
