// The page with the draft follows what is typed. Without JavaScript there is the button.
const form = document.querySelector("form[data-preview]");
const PAUSE = 350;
let waiting = 0;
let asking = null;

function show(answer) {
  const fresh = answer?.getElementById("preview");
  const old = document.getElementById("preview");
  if (fresh && old) old.replaceWith(document.adoptNode(fresh));
}

function ask() {
  asking?.abort();
  const request = new XMLHttpRequest(); // it gives a document without making markup of a string
  asking = request;
  document.getElementById("preview")?.setAttribute("aria-busy", "true");
  request.open("POST", form.dataset.preview);
  request.responseType = "document";
  request.addEventListener("load", () => {
    asking = null;
    if (request.status === 200) show(request.response);
    if (request.response?.querySelector("[data-busy]")) later(1000);
  });
  request.addEventListener("error", () => document.getElementById("preview")?.removeAttribute("aria-busy"));
  request.send(new FormData(form));
}

function later(pause) {
  clearTimeout(waiting);
  waiting = setTimeout(ask, pause);
}

// A slider beside each field of points; the field is what is sent.
function slide(field) {
  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = "-100";
  slider.max = "100";
  slider.value = field.value;
  slider.setAttribute("aria-label", `${field.labels[0]?.textContent.trim() ?? ""} −100 … 100`);
  slider.addEventListener("input", () => {
    field.value = slider.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  field.addEventListener("input", () => { slider.value = field.value; });
  field.after(slider);
}

if (form) {
  form.querySelectorAll("[data-slide]").forEach(slide);
  form.addEventListener("input", (event) => {
    if (event.target.type !== "range") later(PAUSE);
  });
}
