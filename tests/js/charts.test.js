import assert from "node:assert/strict";
import { test } from "node:test";
import { grouped, kinds } from "../../static/js/chart-kinds.js";

const colour = (token, alpha = 1) => (alpha === 1 ? token : `${token}/${alpha}`);

test("figures are grouped the Indonesian way", () => {
  assert.equal(grouped(1234567), "1.234.567");
  assert.equal(grouped(96.4), "96,4");
  assert.equal(grouped(999), "999");
});

test("a column is red from the deadline on, and in no other place", () => {
  const { series } = kinds.columns({ labels: ["0", "15", "30"], name: "n", values: [9, 2, 1], late_from: 1, late_text: "15 min" }, colour);
  assert.deepEqual(series[0].data.map((d) => d.itemStyle.color), ["accent", "late-fill", "late-fill"]);
});

test("monday stands on top of the heat map", () => {
  const figures = { days: ["Mon", "Sun"], hours: ["00"], max: 10, write_from: 5, cells: [{ day: 0, hour: 0, value: 9, url: "/cases/" }] };
  const { series, yAxis } = kinds.heat(figures, colour, false);
  assert.deepEqual(yAxis.data, ["Sun", "Mon"]);
  assert.deepEqual(series[0].data[0].value, [0, 1, 9]);
  assert.equal(series[0].data[0].url, "/cases/");
});

test("tooltips are rich text, because a strict policy forbids styled ones", () => {
  for (const kind of ["lines", "columns", "heat", "bars"]) {
    const figures = { labels: ["a"], values: [1], series: [{ name: "s", values: [1] }], days: ["Mon"], hours: ["00"], max: 1, cells: [] };
    assert.equal(kinds[kind](figures, colour, false).tooltip.renderMode, "richText");
  }
});

test("the time before lies as a dashed line over stacked bars", () => {
  const figures = { labels: ["1", "2"], stacked: true, series: [{ name: "a", values: [1, 2], tone: "accent" }, { name: "before", values: [3, 4], tone: "muted", dashed: true }] };
  const { series } = kinds.bars(figures, colour);
  assert.deepEqual(series.map(({ type, stack }) => [type, stack]), [["bar", "all"], ["line", undefined]]);
});
