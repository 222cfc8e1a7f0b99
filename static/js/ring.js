// What rings is shown by the browser too, where somebody asked for it: by the one tab that holds the live stream
// (live.js), and only kind and number of the case. localStorage keeps what has been shown, so that the next leader and
// the next page do not show it again. Permission is asked for on a click and nowhere else.
const LAST = "sapa-rung";
const url = document.getElementById("notifications")?.dataset.ringUrl;

function show({ id, title, url: href }) {
  const shown = new Notification(title, { tag: `sapa-${id}`, icon: document.querySelector("link[rel=icon]")?.href });
  shown.onclick = () => {
    window.focus();
    location.assign(href);
  };
}

async function look() {
  const known = localStorage.getItem(LAST) ?? "";
  const answer = await fetch(`${url}?after=${known}`, { headers: { "X-Sapa-Background": "1" } });
  if (!answer.ok) return;
  const { last, ring } = await answer.json();
  localStorage.setItem(LAST, last);
  if (Notification.permission === "granted") ring.forEach(show);
}

// live.js says this on the leading tab alone
document.addEventListener("sapa:led", ({ detail: { topics } }) => {
  if (url && "Notification" in window && (!topics || topics.includes("bell"))) look().catch(() => {});
});

function showPermission() {
  const asks = document.getElementById("browser-asks"), denied = document.getElementById("browser-denied");
  if (!asks || !("Notification" in window)) return;
  asks.hidden = Notification.permission !== "default";
  denied.hidden = Notification.permission !== "denied";
}

document.addEventListener("click", async (event) => {
  if (!event.target.closest("[data-ask-browser]")) return;
  await Notification.requestPermission();
  showPermission();
});
showPermission();
if (url && localStorage.getItem(LAST) === null) look().catch(() => {});  // what is there already is no news
