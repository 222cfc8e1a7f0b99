import assert from "node:assert/strict";
import test from "node:test";
import { others, takenIn } from "../../static/js/company.js";

test("news are added to what is known, and an empty company leaves", () => {
  const before = takenIn(new Map(), { all: true, here: { 7: [[1, "v"]], 8: [[2, "v"]] } });
  const after = takenIn(before, { all: false, here: { 7: [], 9: [[3, "t"]] } });
  assert.deepEqual([...after.keys()], ["8", "9"]);
});

test("the whole replaces what was known", () => {
  assert.deepEqual([...takenIn(new Map([["7", [[1, "v"]]]]), { all: true, here: {} })], []);
});

test("I am not my own company, and who answers stands before who looks", () => {
  const known = new Map([["7", [[1, "v"], [2, "v"], [3, "a"]]]]);
  assert.deepEqual(others(known, 7, 1), [[3, "a"], [2, "v"]]);
  assert.deepEqual(others(known, 8, 1), []);
});
