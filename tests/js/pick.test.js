import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, between, still } from "../../static/js/pick-set.js";

const ORDER = ["11", "12", "13", "14"];

test("shift takes all from the last one to this one, upwards as well", () => {
  assert.deepEqual(between(ORDER, "12", "14"), ["12", "13", "14"]);
  assert.deepEqual(between(ORDER, "13", "11"), ["11", "12", "13"]);
});

test("where the last one has left the list, only this one is taken", () => {
  assert.deepEqual(between(ORDER, "99", "12"), ["12"]);
});

test("a row that left takes its tick along", () => {
  assert.deepEqual([...still(new Set(["11", "99", "14"]), ORDER)], ["11", "14"]);
});

test("a dialog is asked for the ticked ones, or for all that match", () => {
  assert.deepEqual(asked(new Set(["11", "12"]), false), { numbers: "11,12" });
  assert.deepEqual(asked(new Set(["11"]), true), { all: "1" });
});
