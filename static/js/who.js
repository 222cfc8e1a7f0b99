// The list of people and teams in the assign dialog: arrows move between the search and the rows, Enter in the search
// takes the first, a digit takes the row of that number. Everything here adds to what works by mouse.
import { after } from "./picking.js";

const rows = (box) => [...box.querySelectorAll(".who-m")];

document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("[data-who]");
  if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = rows(box), at = all.indexOf(document.activeElement);
  const next = after(event.key, at, all.length);
  if (!next) return;
  event.preventDefault();
  event.stopPropagation();
  if (next.choose !== undefined) all[next.choose]?.click();
  else if (next.focus < 0) box.querySelector("input[type=search]").focus();
  else all[next.focus]?.focus();
}, true);
