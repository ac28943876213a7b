// A form whose answer stands on the same page: asked again as one writes. Without this its button does the same.
const REST = 400; // ms without a key
for (const form of document.querySelectorAll("form[data-live]")) {
  let timer = 0, asked = null;
  const ask = () => {
    asked?.abort();
    asked = new XMLHttpRequest(); // it gives a document without making markup of a string
    const request = asked;
    request.open("GET", `${form.action}?${new URLSearchParams(new FormData(form))}`);
    request.responseType = "document";
    request.addEventListener("load", () => {
      const found = request.status === 200 && request.response?.getElementById(form.dataset.live);
      if (found) document.getElementById(form.dataset.live).replaceChildren(...found.childNodes);
    });
    request.send();
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, REST); });
}
