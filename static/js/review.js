// The review of a breach: what is typed is kept on the server as it is typed; Ctrl-Enter signs from anywhere on the page;
// j and k walk through the list.
const WAIT = 700, AGAIN = 5000;
const form = document.querySelector("[data-review]");
const kept = document.querySelector("[data-kept]");
let timer = 0, unkept = false;

function say(text, isWrong = false) {
  kept.textContent = text;
  kept.classList.toggle("t-risk", isWrong);
}

async function keep() {
  clearTimeout(timer);
  unkept = false;
  try {
    const answer = await fetch(form.dataset.draftUrl, { method: "POST", body: new FormData(form), keepalive: true });
    if (answer.ok || answer.status === 409) {
      say(await answer.text(), !answer.ok);
      history.replaceState(null, "", form.dataset.here);  // begun, it leaves the list: a reload must find it again
    } else throw new Error(answer.status);
  } catch {
    unkept = true;
    say(form.dataset.lost, true);
    timer = setTimeout(keep, AGAIN);
  }
}

function later() {
  unkept = true;
  clearTimeout(timer);
  timer = setTimeout(keep, WAIT);
}

if (form) {
  form.addEventListener("input", later);
  form.addEventListener("submit", () => { unkept = false; clearTimeout(timer); });
  addEventListener("online", () => { if (unkept) keep(); });
  addEventListener("pagehide", () => { if (unkept) keep(); });
}

const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog[open]");

function step(by) {
  const rows = [...document.querySelectorAll(".rev-list .bre")];
  const at = rows.findIndex((row) => row === document.activeElement);
  const from = at >= 0 ? at : rows.findIndex((row) => row.ariaCurrent === "true");
  rows[Math.max(0, Math.min(rows.length - 1, from + by))]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    (event.target.closest("form") ?? document.querySelector("[data-sign-next]"))?.requestSubmit();
  } else if (!isTyping(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
  }
});
