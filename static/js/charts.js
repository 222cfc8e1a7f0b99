// Charts: <div class="chart" role="img" aria-label="…" data-chart="lines" data-source="by-day"></div> with the figures in
// {{ figures|json_script:"by-day" }}. Kinds: lines, columns, heat, bars (chart-kinds.js says what each one reads).
// Colours are the tokens', drawn again when the theme changes. A point that has a url opens its cases.
// Tooltips are rich text: HTML ones carry style attributes, which a strict CSP forbids.
import { init } from "../vendor/echarts.js";
import { kinds } from "./chart-kinds.js";

const probe = document.createElement("span");
probe.hidden = true;
document.body.append(probe);

/** The value of a colour token as the theme has it now, optionally thinned. */
function colour(token, alpha = 1) {
  probe.style.color = `var(--c-${token})`;
  const rgb = getComputedStyle(probe).color;
  return alpha === 1 ? rgb : rgb.replace("rgb(", "rgba(").replace(")", `, ${alpha})`);
}

const textOf = (el) => document.getElementById(el.dataset.source).textContent;
const figuresOf = (el) => JSON.parse(textOf(el));
const options = (el) => ({ animation: false, ...kinds[el.dataset.chart](figuresOf(el), colour, innerWidth < 641) });

const charts = new Map(), drawn = new WeakMap();

function draw(el) {
  const chart = init(el, null, { renderer: "svg" });
  chart.setOption(options(el));
  chart.on("click", ({ data, seriesIndex, dataIndex }) => {
    const figures = figuresOf(el), url = data?.url ?? figures.urls?.[dataIndex] ?? figures.series?.[seriesIndex]?.urls?.[dataIndex];
    if (url) location.assign(url);
  });
  charts.set(el, chart);
  drawn.set(chart, textOf(el));
}

// a chart that stays while its figures are fetched again
function drawAgain(el, chart) {
  if (drawn.get(chart) === textOf(el)) return;
  drawn.set(chart, textOf(el));
  chart.setOption(options(el));
}

function drawNew() {
  for (const [el, chart] of charts) if (!el.isConnected) { chart.dispose(); charts.delete(el); }
  for (const el of document.querySelectorAll("[data-chart]")) {
    if (charts.has(el)) drawAgain(el, charts.get(el)); else draw(el);
  }
}

drawNew();
new ResizeObserver(() => { for (const chart of charts.values()) chart.resize(); }).observe(document.body);
document.addEventListener("htmx:after:swap", drawNew);
document.addEventListener("sapa:theme", () => { for (const [el, chart] of charts) chart.setOption(options(el)); });
