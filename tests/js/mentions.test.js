import assert from "node:assert/strict";
import test from "node:test";
import { wordBefore } from "../../static/js/mentions.js";

test("an @ at the cursor begins a mention", () => {
  assert.deepEqual(wordBefore("Tolong @bag", 11), { at: 7, text: "bag" });
  assert.deepEqual(wordBefore("@", 1), { at: 0, text: "" });
});

test("only what stands before the cursor counts", () => {
  assert.deepEqual(wordBefore("@bag dan lain", 3), { at: 0, text: "ba" });
});

test("an address, a finished mention and plain words begin none", () => {
  for (const text of ["rina@example", "@bagas ", "tolong"]) assert.equal(wordBefore(text, text.length), null);
});
