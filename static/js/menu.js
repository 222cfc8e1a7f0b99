// A menu is an element with the popover attribute and class "menu"; the browser opens it by popovertarget, shuts it on
// Escape or a click outside. Here it is put beside its button, and arrow keys move in it.
const GAP = 6, EDGE = 8;
const openerOf = (menu) => document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
const entries = (menu) => [...menu.querySelectorAll(".m:not([aria-disabled])")];

function place(menu) {
  const at = openerOf(menu).getBoundingClientRect(), own = menu.getBoundingClientRect();
  const left = Math.max(EDGE, Math.min(at.right - own.width, innerWidth - own.width - EDGE));
  const below = at.bottom + GAP, above = at.top - GAP - own.height;
  const top = below + own.height > innerHeight - EDGE && above > EDGE ? above : below;
  // on <html>, which is never swapped: htmx would copy a style attribute, and the strict CSP forbids that
  document.documentElement.style.setProperty("--menu-left", `${left}px`);
  document.documentElement.style.setProperty("--menu-top", `${top}px`);
}

function step(menu, by) {
  const all = entries(menu), at = all.indexOf(document.activeElement);
  all.at((at + by + all.length) % all.length)?.focus();
}

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.(".menu[popover]")) return;
  openerOf(menu)?.setAttribute("aria-expanded", event.newState === "open");
  if (event.newState !== "open") return;
  place(menu);
  (menu.querySelector("[autofocus]") ?? entries(menu)[0])?.focus();
}, true);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu[popover]");
  const go = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!menu || !go) return;
  event.preventDefault();
  step(menu, go);
});

document.addEventListener("htmx:after:swap", () => {
  const menu = document.querySelector(".menu:popover-open");
  if (menu) place(menu);
});
