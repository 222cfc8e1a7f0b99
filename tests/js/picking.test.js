import assert from "node:assert/strict";
import test from "node:test";
import { after } from "../../static/js/picking.js";

test("arrows go from the box into the rows and back", () => {
  assert.deepEqual(after("ArrowDown", -1, 3), { focus: 0 });
  assert.deepEqual(after("ArrowDown", 2, 3), { focus: 2 });
  assert.deepEqual(after("ArrowUp", 0, 3), { focus: -1 });
});

test("Enter in the box takes the first row, in a row it is the browser's", () => {
  assert.deepEqual(after("Enter", -1, 3), { choose: 0 });
  assert.equal(after("Enter", 1, 3), null);
});

test("a digit takes its row, one that is not there nothing", () => {
  assert.deepEqual(after("2", -1, 3), { choose: 1 });
  assert.equal(after("4", -1, 3), null);
});

test("letters are typed, and an empty list takes no key", () => {
  assert.equal(after("a", -1, 3), null);
  assert.equal(after("Enter", -1, 0), null);
});
