// After an act: the next case opens by itself, and undo brings back the one it was about.
const cases = () => [...document.querySelectorAll("#rows .case")];
const openNumber = () => document.getElementById("case")?.dataset.number ?? "";

/** The nearest deadline of a customer who waits for us; else the row behind the one that is done, else the first. */
export function nextOf(rows, from) {
  const at = rows.findIndex((row) => row.number === from), left = rows.filter((row) => row.number !== from);
  return left.find((row) => row.waits) ?? rows.slice(at + 1).find((row) => row.number !== from) ?? left[0];
}

function goOn({ detail }) {
  const rows = cases().map((el) => ({ el, number: el.dataset.case, waits: el.classList.contains("unread") }));
  const next = nextOf(rows, String(detail.from));
  if (!next || openNumber() !== String(detail.from)) return;
  const says = document.querySelector("#toasts [data-next]");
  if (says) says.textContent = `${says.dataset.says} ${next.el.querySelector(".name").textContent}`;
  next.el.click();
  next.el.focus({ preventScroll: false });
}

if (typeof document !== "undefined") {
  document.addEventListener("sapa:next", goOn);
  document.addEventListener("sapa:open", ({ detail }) => {
    window.htmx.ajax("GET", detail.url, { target: "#opened", swap: "innerHTML" });
  });
  // the server answers with the parts of that case only where it is the one that is open
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (!ctx.sourceElement?.matches?.("[data-undo]")) return;
    ctx.request.action += `${ctx.request.action.includes("?") ? "&" : "?"}open=${openNumber()}`;
  });
}
