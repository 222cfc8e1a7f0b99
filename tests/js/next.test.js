import assert from "node:assert/strict";
import test from "node:test";
import { nextOf } from "../../static/js/next.js";

const rows = (...list) => list.map(([number, waits = false]) => ({ number, waits }));

test("the nearest deadline of a customer who waits comes next", () => {
  assert.equal(nextOf(rows(["1"], ["2", true], ["3", true], ["4"]), "3").number, "2");
});

test("if nobody waits for us, the row behind; behind the last, the first", () => {
  assert.equal(nextOf(rows(["1"], ["2"], ["3"]), "2").number, "3");
  assert.equal(nextOf(rows(["1"], ["2"], ["3"]), "3").number, "1");
  assert.equal(nextOf(rows(["1"], ["2"]), "9").number, "1");
});

test("after the only one there is none", () => {
  assert.equal(nextOf(rows(["1", true]), "1"), undefined);
});
