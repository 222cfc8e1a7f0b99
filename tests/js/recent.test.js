import assert from "node:assert/strict";
import test from "node:test";
import { recentWith } from "../../static/js/recent.js";

test("the case opened last stands first, each once", () => {
  assert.deepEqual(recentWith(["2", "1"], "1"), ["1", "2"]);
});

test("the list does not grow for ever", () => {
  assert.equal(recentWith(["1", "2", "3", "4", "5", "6", "7", "8"], "9").length, 8);
});
