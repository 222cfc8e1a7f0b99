// A row of tabs or places that is wider than the page begins where one is. Only sideways: the page itself stays.
for (const row of document.querySelectorAll(".tabs, .set-nav, .seg")) {
  const here = row.querySelector("[aria-current]");
  if (here && row.scrollWidth > row.clientWidth) row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
}
