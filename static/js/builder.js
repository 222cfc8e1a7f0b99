// Builders of conditions (segments, rules of the programme). What is changed, added or taken out is told (sapa:asked: a
// count may listen), and an answer that was given before is marked as older than the form: [data-answer].
const builder = document.querySelector("[data-builder]");
const ask = () => {
  for (const answer of document.querySelectorAll("[data-answer]")) answer.dataset.stale = "";
  document.body.dispatchEvent(new CustomEvent("sapa:asked"));
};

builder?.addEventListener("input", ask);
builder?.addEventListener("change", ask);
builder?.addEventListener("click", (event) => { if (event.target.closest("[data-less]")) ask(); });
