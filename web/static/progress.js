// An import's page follows its job; without JavaScript the page loads itself again every few seconds.
const job = document.querySelector("[data-job]");

async function look() {
  try {
    const answer = await fetch(job.dataset.job, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const now = await answer.json();
    const bar = job.querySelector("progress");
    bar.max = Math.max(1, now.total);
    bar.value = now.done;
    job.querySelector("[data-counted]").textContent = now.text;
    if (now.ended) {
      location.reload();
      return;
    }
  } catch { /* the instance may be starting again: ask once more */ }
  setTimeout(look, 700);
}

if (job) setTimeout(look, 300);
