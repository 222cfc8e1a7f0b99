// The builder of segments: what is changed, added or taken out is counted anew (#count listens to sapa:asked).
const builder = document.querySelector("[data-builder]");
const ask = () => document.body.dispatchEvent(new CustomEvent("sapa:asked"));

builder?.addEventListener("input", ask);
builder?.addEventListener("change", ask);
builder?.addEventListener("click", (event) => { if (event.target.closest("[data-less]")) ask(); });
