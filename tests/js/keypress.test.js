import assert from "node:assert/strict";
import test from "node:test";
import { meaning } from "../../static/js/keypress.js";

const free = { busy: false, lettersOff: false };

test("a letter, a digit and the question mark are keys", () => {
  assert.equal(meaning({ key: "1" }, free), "1");
  assert.equal(meaning({ key: "j" }, free), "j");
  assert.equal(meaning({ key: "?", shiftKey: true }, free), "?");
});

test("nothing happens while somebody types, in a dialog, or with a modifier", () => {
  assert.equal(meaning({ key: "j" }, { busy: true, lettersOff: false }), null);
  assert.equal(meaning({ key: "s", ctrlKey: true }, free), null);
  assert.equal(meaning({ key: "s", altKey: true }, free), null);
  assert.equal(meaning({ key: "n", isComposing: true }, free), null);
  assert.equal(meaning({ key: "A" }, free), null);
});

test("the palette opens everywhere, also with Cmd, also with single keys switched off", () => {
  assert.equal(meaning({ key: "k", ctrlKey: true }, { busy: true, lettersOff: true }), "Ctrl+K");
  assert.equal(meaning({ key: "K", metaKey: true }, free), "Ctrl+K");
});

test("single keys can be switched off", () => {
  for (const key of ["j", "?", "s"]) assert.equal(meaning({ key }, { busy: false, lettersOff: true }), null);
});
