// The rail narrows to its icons; the server reads the cookie, so that the next page opens the same way.
document.querySelector("[data-rail-toggle]")?.addEventListener("click", (event) => {
  const narrow = document.body.dataset.rail !== "narrow";
  document.body.dataset.rail = narrow ? "narrow" : "wide";
  event.currentTarget.setAttribute("aria-expanded", !narrow);
  document.cookie = `rail=${narrow ? "narrow" : "wide"}; path=/; max-age=31536000; samesite=lax`;
});
