// The desk's panes: data-pane on [data-panes] says which one is in front (talk on a phone, person in the drawer).
// A button with data-person shows or hides the customer.
const PHONE = 760;

function show(desk, name) {
  if (name) desk.dataset.pane = name; else delete desk.dataset.pane;
  for (const button of desk.querySelectorAll("[data-person][aria-expanded]")) {
    button.setAttribute("aria-expanded", name === "person");
  }
}

document.addEventListener("click", (event) => {
  const desk = event.target.closest("[data-person]")?.closest("[data-panes]");
  if (!desk) return;
  const behind = innerWidth > PHONE ? "" : "talk";
  show(desk, desk.dataset.pane === "person" ? behind : "person");
});

const toEnd = () => {
  for (const thread of document.querySelectorAll(".thread:not([data-at-end])")) {
    thread.scrollTop = thread.scrollHeight;
    thread.dataset.atEnd = "";
  }
};
toEnd();
document.addEventListener("htmx:after:swap", toEnd);
