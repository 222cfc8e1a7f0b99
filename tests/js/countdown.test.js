import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { countdown, spoken, tenseOf } from "../../static/js/countdown.js";

const times = JSON.parse(readFileSync(new URL("times.json", import.meta.url)));

for (const [name, say] of Object.entries({ countdown, spoken })) {
  for (const [seconds, english, indonesian] of times[name]) {
    test(`${name} of ${seconds} s reads ${english} and ${indonesian}`, () => {
      assert.equal(say(seconds, "en"), english);
      assert.equal(say(seconds, "id"), indonesian);
    });
  }
}

test("a clock is at risk in its last minutes and late from its deadline on", () => {
  assert.equal(tenseOf(301, 300), "ok");
  assert.equal(tenseOf(300, 300), "risk");
  assert.equal(tenseOf(0.1, 300), "risk");
  assert.equal(tenseOf(0, 300), "late");
});

test("a waiting case stays calm until its running clock comes near", () => {
  assert.equal(tenseOf(301, 300, "wait"), "wait");
  assert.equal(tenseOf(300, 300, "wait"), "risk");
  assert.equal(tenseOf(-1, 300, "wait"), "late");
});

test("a clock whose policy names no risk goes from ok to late", () => {
  assert.equal(tenseOf(1, 0), "ok");
  assert.equal(tenseOf(0, 0), "late");
});
