// Marks without loading the page again. Whatever goes wrong here, the form is sent the plain way.
const notice = document.getElementById("notice");

async function send(form, submitter) {
  const data = new FormData(form, submitter);
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function tell(text, undo, form) {
  const line = document.createElement("p");
  line.textContent = text;
  notice.replaceChildren(line);
  const template = document.getElementById("undo-form");
  if (!undo || !template) return;
  const back = template.content.cloneNode(true).querySelector("form");
  back.elements.id.value = undo;
  back.elements.next.value = form.elements.next.value;
  notice.append(back);
}

// What a button shows and sends after it was pressed: the opposite.
function turn(button) {
  const set = button.name === button.dataset.set;
  button.name = set ? button.dataset.clear : button.dataset.set;
  button.querySelector(".words").textContent = set ? button.dataset.clearWords : button.dataset.setWords;
  if (button.dataset.set !== "read") return;
  const entry = button.closest("[data-uid]");
  entry?.classList.toggle("is-read", set);
  const word = entry?.querySelector(".mark-read");
  if (word) word.hidden = !set;
}

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (form.id !== "marks" || !submitter?.dataset.set) return; // marking many loads the page again
  event.preventDefault();
  try {
    const done = await send(form, submitter);
    turn(submitter);
    tell(done.text, done.undo, form);
  } catch {
    const plain = document.createElement("input");
    plain.type = "hidden";
    plain.name = submitter.name;
    plain.value = submitter.value;
    form.append(plain);
    form.submit();
  }
});

// Opening an entry marks it read; without JavaScript there is the button at its end.
const opened = document.querySelector("[data-opened]");
const button = opened?.querySelector('button[data-set="read"][name="read"]');
if (button?.form) {
  send(button.form, button).then(() => turn(button)).catch(() => {});
}
