// The palette (Ctrl+K, the search box). A combobox: the text box keeps the focus, arrows point at an option
// (aria-activedescendant), Enter takes it, Tab narrows, Escape closes. The server finds (desk:find, by POST, so that no
// address holds what was asked); the numbers of the cases opened last stay in this browser.
import { on, run } from "./keys.js";
import { recentWith } from "./recent.js";

const PAUSE = 120, SCOPES = ["all", "customers", "cases", "actions"];
const dialog = document.getElementById("palette");
const box = document.getElementById("palette-q"), found = document.getElementById("found");
const RECENT = `sapa-recent-${dialog?.dataset.me}`;
let scope = 0, turn = 0, waiting = 0;

const options = () => [...found.querySelectorAll("[role=option]")];
const chosen = () => found.querySelector("[aria-selected=true]");
const openNumber = () => document.getElementById("case")?.dataset.number ?? "";

// --- the cases opened last: numbers alone -------------------------------------------------------------------------
const recent = () => (localStorage.getItem(RECENT) ?? "").split(",").filter(Boolean);
function remember() {
  if (openNumber()) localStorage.setItem(RECENT, recentWith(recent(), openNumber()).join(","));
}

// --- asking -------------------------------------------------------------------------------------------------------
async function ask() {
  const mine = (turn += 1), body = new FormData();
  const asked = { q: box.value, scope: SCOPES[scope], case: openNumber(), recent: recent().filter((one) => one !== openNumber()) };
  for (const [name, value] of Object.entries(asked)) body.set(name, value);
  const answer = await fetch(dialog.dataset.url, { method: "POST", body, headers: headers() });
  if (mine !== turn || !answer.ok) return;
  if (answer.headers.get("HX-Redirect")) { location.assign(answer.headers.get("HX-Redirect")); return; }
  found.innerHTML = await answer.text();
  dialog.querySelector("[data-said]").textContent = found.querySelector("[data-count]").textContent;
  point(options()[0]);
}

function headers() {
  const { "X-CSRFToken": token } = JSON.parse(document.body.getAttribute("hx-headers:inherited"));
  return { "X-CSRFToken": token, "HX-Request": "true" };
}

function askSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(() => ask().catch(() => {}), PAUSE);
}

function point(option) {
  for (const one of options()) one.setAttribute("aria-selected", one === option);
  if (option) box.setAttribute("aria-activedescendant", option.id); else box.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function narrow(to) {
  const button = dialog.querySelector("[data-narrows]");
  scope = (to + SCOPES.length) % SCOPES.length;
  button.textContent = button.dataset.words.split("|")[scope];
  ask().catch(() => {});
}

function open() {
  if (!dialog || dialog.open) return;
  box.value = "";
  dialog.showModal();
  box.focus();
  narrow(0);
}

// --- taking one ---------------------------------------------------------------------------------------------------
function post(url, fields) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = url;
  const values = { ...fields, next: location.pathname + location.search, csrfmiddlewaretoken: headers()["X-CSRFToken"] };
  for (const [name, value] of Object.entries(values)) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

// on the desk a case opens beside the list, which stays as it is
function go({ url }, aside) {
  const beside = document.getElementById("opened") && /\/cases\/\d+\/$/.test(url);
  if (aside) window.open(url, "_blank", "noopener");
  else if (beside) window.htmx.ajax("GET", url, { target: "#opened", swap: "innerHTML", push: url + location.search });
  else location.assign(url);
}

const TAKES = {
  go,
  sheet: ({ url }) => window.htmx.ajax("GET", url, { target: "#sheet", swap: "innerHTML" }),
  act: ({ url }) => window.htmx.ajax("POST", url, { source: "#case", swap: "none" }),
  post: ({ url, fields }) => post(url, JSON.parse(fields ?? "{}")),
  press: ({ presses }) => run(presses),
};

function take(option, aside) {
  if (!option) return;
  dialog.close();
  TAKES[option.dataset.how](option.dataset, aside);
}

if (dialog) {
  on("palette", open);
  remember();
  document.addEventListener("htmx:after:swap", remember);
  document.addEventListener("click", (event) => { if (event.target.closest("[data-opens-palette]")) open(); });
  box.addEventListener("input", askSoon);
  dialog.querySelector("[data-narrows]").addEventListener("click", () => { narrow(scope + 1); box.focus(); });
  found.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    take(option, event.ctrlKey || event.metaKey);
  });
  dialog.addEventListener("mousedown", (event) => { if (event.target === dialog) dialog.close(); });
  box.addEventListener("keydown", (event) => {
    const all = options(), at = all.indexOf(chosen()), by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && all.length) point(all.at((at + by + all.length) % all.length));
    else if (event.key === "Enter") take(chosen(), event.ctrlKey || event.metaKey);
    else if (event.key === "Tab") narrow(scope + (event.shiftKey ? -1 : 1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
