// What each kind of chart reads, and how it looks. Pure: figures, a colour function and "is this a phone" in, ECharts
// options out.
const FONT = "Plus Jakarta Sans Variable";

/** 1234.5 -> "1.234,5": grouped the Indonesian way in both languages. */
export function grouped(n) {
  const [whole, fraction] = String(n).split(".");
  const thousands = whole.replace(/\B(?=(\d{3})+$)/g, ".");
  return fraction ? `${thousands},${fraction}` : thousands;
}

function parts(c) {
  const font = (size = 11, tone = "muted") => ({ fontFamily: FONT, fontSize: size, color: c(tone) });
  const rule = { lineStyle: { color: c("line") } };
  const axis = (more) => ({ axisLine: rule, axisTick: { show: false }, axisLabel: font(), splitLine: rule, ...more });
  const value = (more) => axis({ type: "value", axisLine: { show: false }, ...more });
  const tip = (more) => ({
    trigger: "axis", renderMode: "richText", backgroundColor: c("raised"), borderColor: c("line-2"),
    textStyle: font(12, "ink"), axisPointer: { type: "shadow", shadowStyle: { color: c("muted", 0.08) } }, ...more,
  });
  return { font, axis, value, tip };
}

/** {labels, unit, min, max, goal, series: [{name, values, tone, dashed, urls}]}: shares or figures over days. */
function lines({ labels, unit = "", min, max, goal, series }, c) {
  const { font, axis, value, tip } = parts(c);
  const suffix = unit && ` ${unit}`;
  const mark = goal == null ? undefined : {
    silent: true, symbol: "none", lineStyle: { color: c("line-2"), type: "dashed" },
    label: { ...font(), formatter: grouped(goal) + suffix }, data: [{ yAxis: goal }],
  };
  return {
    grid: { left: 44, right: 50, top: 12, bottom: 22 },
    tooltip: tip({ axisPointer: { type: "line", lineStyle: { color: c("line-2") } }, valueFormatter: (v) => (v == null ? "–" : grouped(v) + suffix) }),
    xAxis: axis({ type: "category", data: labels, boundaryGap: false, splitLine: { show: false } }),
    yAxis: value({ min, max, axisLabel: { ...font(), formatter: (v) => grouped(v) + suffix } }),
    series: series.map(({ name, values, tone = "accent", dashed }, i) => ({
      name, type: "line", data: values, color: c(tone), symbolSize: 5, symbol: dashed ? "none" : "circle",
      lineStyle: dashed ? { width: 1.5, type: "dashed", opacity: 0.8 } : { width: 2 }, markLine: i ? undefined : mark,
    })),
  };
}

/** {labels, name, values, urls, late_from, late_text, marks: [{at, text}]}: how many fell into each step; red from
    late_from on. */
function columns({ labels, name, values, late_from: lateFrom = Infinity, late_text: lateText = "", marks = [] }, c) {
  const { font, axis, value, tip } = parts(c);
  const radius = { borderRadius: [2, 2, 0, 0], opacity: 0.85 };
  const deadline = {
    xAxis: lateFrom, lineStyle: { color: c("late"), type: "dashed", width: 1.5 },
    label: { ...font(11, "late"), formatter: lateText, distance: 4 },
  };
  const own = marks.map(({ at, text }) => ({ xAxis: at, label: { ...font(11, "ink"), formatter: text, distance: 4 } }));
  return {
    grid: { left: 44, right: 30, top: 24, bottom: 22 }, tooltip: tip({ valueFormatter: grouped }),
    xAxis: axis({ type: "category", data: labels, splitLine: { show: false }, axisLabel: { ...font(), interval: (i) => i % 5 === 0 } }),
    yAxis: value({ minInterval: 1, splitNumber: 3, axisLabel: { ...font(), formatter: grouped } }),
    series: [{
      name, type: "bar", barWidth: "76%",
      data: values.map((v, i) => ({ value: v, itemStyle: { color: c(i < lateFrom ? "accent" : "late-fill"), ...radius } })),
      markLine: {
        silent: true, symbol: "none", lineStyle: { color: c("ink"), width: 1, type: "solid" },
        data: Number.isFinite(lateFrom) ? [...own, deadline] : own,
      },
    }],
  };
}

/** {days, hours, unit, max, write_from, cells: [{day, hour, value, url}]}: one hue, a figure in the worst cells. */
function heat({ days, hours, unit = "%", max, write_from: writeFrom, cells }, c, narrow) {
  const { font, axis, tip } = parts(c);
  const rows = [...days].reverse(), dark = max * 0.75;
  return {
    grid: { left: 44, right: 4, top: 4, bottom: 22 },
    tooltip: tip({
      trigger: "item",
      formatter: ({ value: [x, y, v] }) => `${rows[y]} ${hours[x]}:00\n${v == null ? "–" : `${grouped(v)} ${unit}`.trim()}`,
    }),
    xAxis: axis({ type: "category", data: hours, splitLine: { show: false }, axisLine: { show: false }, axisLabel: { ...font(), interval: narrow ? 3 : 0 } }),
    yAxis: axis({ type: "category", data: rows, splitLine: { show: false }, axisLine: { show: false } }),
    visualMap: { show: false, min: 0, max, inRange: { color: [c("sunken"), c("accent-fill")] } },
    series: [{
      type: "heatmap",
      data: cells.map(({ day, hour, value: v, url }) => ({
        value: [hour, rows.length - 1 - day, v], url, label: { color: c(v >= dark ? "on-accent" : "ink") },
      })),
      itemStyle: { borderWidth: 2, borderColor: c("surface"), borderRadius: 4 },
      label: { show: !narrow, ...font(10), formatter: ({ value: [, , v] }) => (v >= writeFrom ? String(Math.round(v)) : "") },
      emphasis: { itemStyle: { borderColor: c("ink"), borderWidth: 1.5 } },
    }],
  };
}

/** {labels, series: [{name, tone, values}]}: how many in each step, one part above the other. */
function stacked({ labels, series }, c) {
  const { font, axis, value, tip } = parts(c);
  return {
    grid: { left: 34, right: 8, top: 10, bottom: 22 }, tooltip: tip({ valueFormatter: grouped }),
    xAxis: axis({ type: "category", data: labels, splitLine: { show: false }, axisLabel: { ...font(), hideOverlap: true } }),
    yAxis: value({ minInterval: 1, splitNumber: 3, axisLabel: { ...font(), formatter: grouped } }),
    series: series.map(({ name, tone, values }, i) => ({
      name, type: "bar", stack: "all", barWidth: "62%", data: values, color: c(tone),
      itemStyle: { opacity: i ? 1 : 0.8, borderRadius: i === series.length - 1 ? [2, 2, 0, 0] : 0 },
    })),
  };
}

/** {labels, series: [{name, values, tone}]}: columns side by side, such as before and after. */
function pairs({ labels, series }, c) {
  const { font, axis, value, tip } = parts(c);
  return {
    grid: { left: 34, right: 4, top: 10, bottom: 22 }, tooltip: tip({ valueFormatter: grouped }),
    xAxis: axis({ type: "category", data: labels, splitLine: { show: false } }),
    yAxis: value({ minInterval: 1, splitNumber: 3, axisLabel: { ...font(), formatter: grouped } }),
    series: series.map(({ name, values, tone }) => ({
      name, type: "bar", data: values, barMaxWidth: 14, barGap: "15%", itemStyle: { color: c(tone), borderRadius: [2, 2, 0, 0] },
    })),
  };
}

/** {labels, values, excused, cumulated, urls, excused_urls, names}: causes, the most frequent first; the excusable ones
    stand apart on top, the line is the cumulated share of the others. */
function pareto({ labels, values, excused, cumulated, urls, excused_urls: excusedUrls, names }, c, narrow) {
  const { font, axis, value, tip } = parts(c);
  const bars = (numbers, links, tone) => numbers.map((v, i) => ({ value: v, url: links[i], itemStyle: { color: c(tone) } }));
  const room = narrow ? { interval: 0, width: 84, overflow: "truncate", rotate: 45 }
    : { interval: 0, width: 110, overflow: "break", lineHeight: 14 };
  return {
    grid: { left: 40, right: 48, top: 16, bottom: narrow ? 72 : 48 }, tooltip: tip(),
    xAxis: axis({ type: "category", data: labels, splitLine: { show: false }, axisLabel: { ...font(), ...room } }),
    yAxis: [
      value({ minInterval: 1, splitNumber: 4, axisLabel: { ...font(), formatter: grouped } }),
      value({ min: 0, max: 100, splitLine: { show: false }, axisLabel: { ...font(), formatter: (v) => `${v} %` } }),
    ],
    series: [
      { name: names.count, type: "bar", stack: "all", barWidth: "56%", data: bars(values, urls, "accent-fill") },
      { name: names.excused, type: "bar", stack: "all", barWidth: "56%", data: bars(excused, excusedUrls, "line-2") },
      {
        name: names.cumulated, type: "line", yAxisIndex: 1, data: cumulated, color: c("corporate"), symbolSize: 6,
        lineStyle: { width: 2 }, tooltip: { valueFormatter: (v) => `${grouped(v)} %` },
      },
    ],
  };
}

/** {labels, stacked, series: [{name, values, tone, urls, dashed}]}: counts over time, stacked or side by side; a dashed
    one is a line over them. */
function bars({ labels, stacked, series }, c) {
  const { font, axis, value, tip } = parts(c);
  const shape = ({ name, values, tone, dashed }) => dashed
    ? { name, type: "line", data: values, color: c(tone), symbol: "none", lineStyle: { width: 1.5, type: "dashed", opacity: 0.8 } }
    : { name, type: "bar", stack: stacked ? "all" : undefined, data: values, color: c(tone), barMaxWidth: 44, barGap: "10%", barCategoryGap: "28%" };
  return {
    grid: { left: 44, right: 12, top: 12, bottom: 22 }, tooltip: tip({ valueFormatter: (v) => (v == null ? "–" : grouped(v)) }),
    xAxis: axis({ type: "category", data: labels, splitLine: { show: false } }),
    yAxis: value({ minInterval: 1, axisLabel: { ...font(), formatter: grouped } }),
    series: series.map(shape),
  };
}

/** {labels, amounts, basis, gigabytes, words: {amount, data}}: revenue by month, those that make ARPU full, data as a line. */
function value({ labels, amounts, basis, gigabytes, words }, c) {
  const { font, axis, value: scale, tip } = parts(c);
  const short = (v) => (Math.abs(v) >= 1e6 ? `${grouped(v / 1e6)}jt` : Math.abs(v) >= 1e3 ? `${grouped(v / 1e3)}k` : String(v));
  const column = (v, i) => ({ value: v, itemStyle: { color: c("accent-fill"), opacity: basis[i] ? 1 : 0.45, borderRadius: [2, 2, 0, 0] } });
  return {
    grid: { left: 52, right: 52, top: 12, bottom: 22 }, tooltip: tip(),
    xAxis: axis({ type: "category", data: labels, splitLine: { show: false } }),
    yAxis: [
      scale({ splitNumber: 3, axisLabel: { ...font(), formatter: short } }),
      scale({ splitNumber: 3, splitLine: { show: false }, axisLabel: { ...font(), formatter: (v) => `${grouped(v)} GB` } }),
    ],
    series: [
      { name: words.amount, type: "bar", barWidth: "52%", data: amounts.map(column), tooltip: { valueFormatter: (v) => `Rp ${grouped(v)}` } },
      {
        name: words.data, type: "line", yAxisIndex: 1, data: gigabytes, color: c("ok"), symbolSize: 5, smooth: 0.3,
        lineStyle: { width: 2 }, tooltip: { valueFormatter: (v) => (v == null ? "–" : `${grouped(v)} GB`) },
      },
    ],
  };
}

export const kinds = { value, lines, columns, heat, stacked, pairs, pareto, bars };
