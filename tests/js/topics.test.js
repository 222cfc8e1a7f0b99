import assert from "node:assert/strict";
import { test } from "node:test";
import { retryAfter, touches } from "../../static/js/topics.js";

test("an open case is read again when it changed, and not when its neighbour did", () => {
  assert.equal(touches("case:48107 queues", ["case:48107"]), true);
  assert.equal(touches("case:48107 queues", ["case:4810"]), false);
});

test("after a broken connection everything is read again", () => {
  assert.equal(touches("case:48107"), true);
});

test("tries come at growing distances, spread by chance, never more than a minute apart", () => {
  assert.equal(retryAfter(0, 0), 1000);
  assert.equal(retryAfter(3, 0), 8000);
  assert.equal(retryAfter(3, 0.5), 12000);
  assert.equal(retryAfter(40, 1), 60000);
});
