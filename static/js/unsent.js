// The network may go in the middle of a draft or of a send: the text stays in the box, the composer says so, and what
// was meant happens as soon as there is a connection. The form's key makes a send that did arrive the same one.
const AGAIN = 3_000, LOST = [502, 503, 504];
let sending = null, unsaved = false, timer = 0;
const form = () => document.querySelector("[data-composer]");
const box = () => document.getElementById("draft");
const isSend = (ctx) => ctx.sourceElement === form();
const isSave = (ctx) => ctx.sourceElement?.id === "draft";

function show() {
  if (!form()) return;
  form().querySelector("[data-unsent]").hidden = !sending;
  form().querySelector("[data-unsaved]").hidden = !unsaved || Boolean(sending);
  document.getElementById("draft-state").hidden = unsaved;
  box().readOnly = Boolean(sending);
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(again, AGAIN);
}

function again() {
  clearTimeout(timer);
  if (sending?.form?.isConnected) sending.form.requestSubmit(sending.button?.isConnected ? sending.button : undefined);
  else if (unsaved && box()) box().dispatchEvent(new CustomEvent("sapa:chosen"));
}

function lost(ctx) {
  if (isSend(ctx)) sending = { form: form(), button: pressed };
  else if (isSave(ctx)) unsaved = true;
  else return;
  show();
  later();
}

let pressed = null;
document.addEventListener("submit", (event) => { if (event.target === form()) pressed = event.submitter; }, true);
document.addEventListener("htmx:error", ({ detail: { ctx } }) => { if (ctx) lost(ctx); });
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (LOST.includes(ctx.response?.status)) lost(ctx);
});
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const status = ctx.response?.status ?? 0;
  if (!status || LOST.includes(status)) return;
  if (isSave(ctx)) unsaved = false;
  if (isSend(ctx)) sending = null;
  if (isSave(ctx) || isSend(ctx)) show();
});
// the composer was replaced (sent, refused, another case): nothing of the old one waits any more
document.addEventListener("htmx:after:swap", () => {
  if (sending && !sending.form.isConnected) sending = null;
  show();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-hold]")) return;
  sending = null;
  show();
  box().focus();
});
addEventListener("online", again);
addEventListener("beforeunload", (event) => { if (sending || unsaved) event.preventDefault(); });
