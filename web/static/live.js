// A form whose answer stands on the same page: asked again as one writes. Without this its button does the same.
const REST = 400; // ms without a key
for (const form of document.querySelectorAll("form[data-live]")) {
  let timer = 0, asked = null;
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    try {
      const answer = await fetch(address, { signal: asked.signal });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById(form.dataset.live);
      if (found) document.getElementById(form.dataset.live).replaceChildren(...found.childNodes);
    } catch { /* the button is still there */ }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, REST); });
}
