// Files for an answer: chosen by the button, dropped on the case, or pasted into the text. They go up one after another,
// each with its progress; the server's list of what is kept takes its place. One at a time, however they were given:
// two lists on their way at once can arrive in the wrong order, and the older one would hide a file that is kept.
import { toast } from "./toast.js";

const area = () => document.getElementById("uploading");
const waiting = new Set();
let before = Promise.resolve();

/** Is a file still on its way to the server? */
export const isUploading = () => waiting.size > 0;

function chip(file) {
  const item = document.createElement("li"), name = document.createElement("b");
  const bar = document.createElement("progress"), stop = document.createElement("button");
  item.className = "file-chip going";
  name.className = "clip";
  name.textContent = file.name;
  bar.max = 1;
  bar.setAttribute("aria-label", file.name);
  stop.type = "button";
  stop.className = "btn sm quiet";
  stop.textContent = area().dataset.cancel;
  item.append(name, bar, stop);
  area().append(item);
  return { item, bar, stop };
}

/** What a file needs to reach the case it was given to, even if another case is open by the time it goes. */
function parcel(file) {
  const kept = { file, url: area().dataset.url, number: document.getElementById("case").dataset.number, ...chip(file) };
  kept.token = document.querySelector("#composer [name=csrfmiddlewaretoken]").value;
  kept.stop.addEventListener("click", () => { kept.isStopped = true; kept.request?.abort(); kept.item.remove(); });
  waiting.add(kept);
  return kept;
}

function show(html, refused) {
  const list = document.getElementById("files");
  if (!list) return;
  list.outerHTML = html;
  document.getElementById("files").append(...refused);
  window.htmx.process(document.getElementById("files"));
}

/** Resolves when the file is kept, refused, broken off or stopped: what became of it is then on the page. */
function send(kept) {
  const request = kept.request = new XMLHttpRequest(), body = new FormData();
  const isHere = () => document.getElementById("case")?.dataset.number === kept.number;
  body.append("csrfmiddlewaretoken", kept.token);
  body.append("file", kept.file);
  request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) kept.bar.value = event.loaded / event.total; });
  request.open("POST", kept.url);
  request.setRequestHeader("HX-Request", "true");
  return new Promise((resolve) => {
    request.addEventListener("loadend", () => {
      kept.item.remove();
      // the next file's list must not wipe away why this one was refused
      const refused = document.querySelectorAll("#files .wrong");
      if (isHere() && [200, 422].includes(request.status)) show(request.responseText, refused);
      else if (isHere() && request.status >= 400) toast("failed");
      resolve();
    });
    request.addEventListener("error", () => toast("said", area()?.dataset.lost));
    request.send(body);
  });
}

function take(files) {
  const refusal = document.getElementById("attach")?.dataset.refusal;
  if (!area() || !files.length) return;
  if (refusal) return toast("said", refusal);
  if (!isUploading()) document.querySelectorAll("#files .wrong").forEach((line) => line.remove());
  for (const kept of files.map(parcel)) {
    before = before.then(() => kept.isStopped || send(kept)).finally(() => waiting.delete(kept));
  }
}

const target = (event) => event.target.closest?.("#case");
const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
const mark = (on) => document.getElementById("composer")?.classList.toggle("dropping", on);

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-pick]")) return;
  const files = [...event.target.files];
  event.target.value = "";  // the same file can be chosen again
  take(files);
});
document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();  // a file let go beside the case must not replace the page
  mark(Boolean(target(event)));
});
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) mark(false); });
document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  mark(false);
  if (target(event)) take([...event.dataTransfer.files]);
});
document.addEventListener("paste", (event) => {
  const data = event.clipboardData;
  // a spreadsheet's cells come as text and as a picture of it: the text was meant
  if (event.target.id !== "draft" || !data?.files.length || data.types.includes("text/plain")) return;
  event.preventDefault();
  take([...data.files]);
});
