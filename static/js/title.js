// The tab's title: how many notifications are new, then the nearest deadline or the page's own title.
let own = document.title;

const rings = () => Number(document.querySelector("#bell [data-rings]")?.dataset.rings ?? 0);

/** "(2) Desk · Sapa"; without anything new the text alone. */
export const counted = (text, count) => (count ? `(${count}) ${text}` : text);

export function setTitle(text = own) {
  own = text;
  const whole = counted(own, rings());
  if (document.title !== whole) document.title = whole;
}

document.addEventListener("htmx:after:swap", () => setTitle());
setTitle();
