import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { fieldsIn, nextField, slashBefore } from "../../static/js/fields.js";

const texts = JSON.parse(readFileSync(new URL("fields.json", import.meta.url), "utf8"));

test("open fields are found as the server finds them", () => {
  for (const { text, fields } of texts) assert.deepEqual(fieldsIn(text).map((one) => one.name), fields);
});

test("Tab goes to the next open field, and back", () => {
  const text = "{a} dan {b}";
  assert.equal(nextField(text, 0).name, "a");
  assert.equal(nextField(text, 3).name, "b");
  assert.equal(nextField(text, 11), undefined);
  assert.equal(nextField(text, 8, true).name, "a");
});

test("a slash counts at the start of a word only", () => {
  assert.deepEqual(slashBefore("Halo /maaf", 10), { query: "maaf", start: 5 });
  assert.deepEqual(slashBefore("/", 1), { query: "", start: 0 });
  assert.equal(slashBefore("https://sapa", 12), null);
  assert.equal(slashBefore("10/11", 5), null);
  assert.equal(slashBefore("/maaf ya", 8), null);
});
