import assert from "node:assert/strict";
import { test } from "node:test";
import { fails, isBackground, succeeds } from "../../static/js/failing.js";

const shown = () => ({ isConnected: true });

test("what fails each second is told once, whatever else fails beside it", () => {
  const job = shown(), rows = shown();
  assert.deepEqual([fails(job), fails(job), fails(rows), fails(job)], [true, false, false, false]);
  succeeds(job);
  assert.equal(fails(job), false);
  succeeds(job);
  succeeds(rows);
});

test("after it worked again, the next failure is told", () => {
  const job = shown();
  fails(job);
  succeeds(job);
  assert.equal(fails(job), true);
  succeeds(job);
});

test("what left the page failing silences nothing", () => {
  const gone = shown(), job = shown();
  fails(gone);
  gone.isConnected = false;
  assert.equal(fails(job), true);
  succeeds(job);
});

test("a reader's own request is none of the page's", () => {
  assert.equal(isBackground({ request: { headers: { "X-Sapa-Background": "1" } } }), true);
  assert.equal(isBackground({ request: { headers: {} } }), false);
  assert.equal(isBackground(undefined), false);
});
