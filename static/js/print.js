// The page's button prints it: the browser's own dialog has the rest.
document.querySelector("[data-prints]")?.addEventListener("click", () => window.print());
