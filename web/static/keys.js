// Keys. One letter each, so they can be switched off (WCAG 2.1.4); the choice stays in this browser.
const STORE = "broadsheet-keys";
const OFF = "off";

function isOff() {
  try {
    return localStorage.getItem(STORE) === OFF;
  } catch {
    return false; // storage is refused: the keys stay on, and the switch does nothing
  }
}

function entries() {
  return [...document.querySelectorAll(".item[data-uid]")];
}

function current() {
  const focused = document.activeElement?.closest(".item[data-uid]");
  if (focused) return focused;
  return document.querySelector("article[data-uid]:not(.item)") ?? null;
}

function step(by) {
  const all = entries();
  if (!all.length) {
    press(by > 0 ? "after" : "before");
    return;
  }
  const place = all.indexOf(current());
  const next = all[Math.min(all.length - 1, Math.max(0, place + by))];
  const link = next?.querySelector('[data-does="open"]');
  link?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "start" });
}

// Presses what does `name`, in the current entry first, else anywhere on the page.
function press(name) {
  const target = current()?.querySelector(`[data-does="${name}"]`) ?? document.querySelector(`#main [data-does="${name}"], #notice [data-does="${name}"]`);
  target?.click();
}

function follow(key) {
  document.querySelector(`a[data-key="${key}"]`)?.click();
}

function toggleWhy() {
  const box = (current() ?? document).querySelector("details.why");
  if (box) box.open = !box.open;
}

function close() {
  document.querySelectorAll("details[open]").forEach((box) => { box.open = false; });
}

const ACTIONS = {
  j: () => step(1), k: () => step(-1), n: () => step(1), p: () => step(-1),
  o: () => press("open"), v: () => press("original"), r: () => press("refresh"),
  m: () => press("read"), s: () => press("star"), b: () => press("later"),
  w: toggleWhy, z: () => press("undo"), A: () => press("page"),
  "/": () => follow("/"), "?": () => follow("?"), a: () => follow("a"),
  Escape: close,
};
const GO = new Set(["f", "l", "s", "u", "r"]);
let going = 0;

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  const afterG = Date.now() - going < 1500;
  going = 0;
  if (afterG && (GO.has(event.key) || event.key === "h")) {
    event.preventDefault();
    follow(event.key === "h" ? "?" : event.key);
  } else if (event.key === "g") {
    going = Date.now();
  } else if (ACTIONS[event.key]) {
    event.preventDefault();
    ACTIONS[event.key]();
  }
}

function offerSwitch() {
  const place = document.getElementById("key-switch");
  const button = place?.querySelector("button");
  if (!button) return;
  const show = () => { button.textContent = isOff() ? place.dataset.offWords : place.dataset.onWords; };
  button.addEventListener("click", () => {
    try {
      if (isOff()) localStorage.removeItem(STORE);
      else localStorage.setItem(STORE, OFF);
    } catch { /* nothing can be kept here */ }
    show();
  });
  show();
  place.hidden = false;
}

document.addEventListener("keydown", (event) => { if (!isOff()) onKey(event); });
offerSwitch();
