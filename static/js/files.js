// Files for an answer: chosen by the button, dropped on the case, or pasted into the text. Each goes up at once, alone,
// with its progress; the server's list of what is kept takes its place.
import { toast } from "./toast.js";

const area = () => document.getElementById("uploading");
const going = new Set();

/** Is a file still on its way to the server? */
export const isUploading = () => going.size > 0;

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

function show(html) {
  const list = document.getElementById("files");
  if (!list) return;
  list.outerHTML = html;
  window.htmx.process(document.getElementById("files"));
}

/** Resolves when the file is kept, refused, broken off or stopped: what became of it is then on the page. */
function send(file) {
  const { item, bar, stop } = chip(file), request = new XMLHttpRequest(), body = new FormData();
  const number = document.getElementById("case").dataset.number;
  const isHere = () => document.getElementById("case")?.dataset.number === number;
  body.append("csrfmiddlewaretoken", document.querySelector("#composer [name=csrfmiddlewaretoken]").value);
  body.append("file", file);
  stop.addEventListener("click", () => request.abort());
  request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
  request.open("POST", area().dataset.url);
  request.setRequestHeader("HX-Request", "true");
  going.add(request);
  return new Promise((resolve) => {
    request.addEventListener("loadend", () => {
      going.delete(request);
      item.remove();
      if (isHere() && [200, 422].includes(request.status)) show(request.responseText);
      else if (isHere() && request.status >= 400) toast("failed");
      resolve();
    });
    request.addEventListener("error", () => toast("said", area()?.dataset.lost));
    request.send(body);
  });
}

async function take(files) {
  const refusal = document.getElementById("attach")?.dataset.refusal;
  if (!area() || !files.length) return;
  if (refusal) return toast("said", refusal);
  const refused = [];
  for (const file of files) {
    await send(file);
    // the next file's list must not wipe away why this one was refused
    refused.push(...document.querySelectorAll("#files .wrong"));
    document.getElementById("files")?.append(...refused);
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
