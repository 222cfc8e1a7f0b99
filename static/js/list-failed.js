// When the list cannot be read (no network, 5xx), a line above its rows says so and from when they are; they stay, dimmed.
// It is said once. The next fetch that succeeds brings the list as it is: the morph takes the line and the dimming away.
const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});
const list = () => document.querySelector("[data-list]");
let readAt = new Date();

function sayFailed() {
  document.getElementById("rows")?.classList.add("stale");
  if (list().querySelector("[data-failed]")) return;
  const line = document.getElementById("list-failed").content.firstElementChild.cloneNode(true);
  line.querySelector("time").textContent = clock.format(readAt);
  list().querySelector(".queue-top").append(line);
}

function failed(asker) {
  if (!asker?.matches?.("[data-list], #rows > .more")) return;
  sayFailed();
  if (asker.matches(".more")) asker.remove();  // asks only once; the list that comes next ends in a new one
}

document.addEventListener("htmx:error", ({ detail: { ctx } }) => failed(ctx?.sourceElement));
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (ctx.response.status >= 500) failed(ctx.sourceElement);
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx?.sourceElement?.matches?.("[data-list]") && ctx.response?.status < 400) readAt = new Date();
});
