// The big screen: the time of day, and a new look at the board even when nothing is heard.
const LOOK = 20_000;
const clock = document.querySelector("[data-wall-clock]"), board = document.getElementById("main");
const time = new Intl.DateTimeFormat(document.documentElement.lang, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone: clock.dataset.zone,
});

function tick() {
  clock.firstElementChild.textContent = time.format(new Date());
}

tick();
setInterval(tick, 1000);
setInterval(() => board.dispatchEvent(new CustomEvent("sapa:changed")), LOOK);
