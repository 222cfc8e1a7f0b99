import assert from "node:assert/strict";
import test from "node:test";
import { numbered } from "../../static/js/rows.js";

test("an added row has its own number in every name", () => {
  const html = '<input name="targets-__prefix__-tier" id="id_targets-__prefix__-tier">';
  assert.equal(numbered(html, 3), '<input name="targets-3-tier" id="id_targets-3-tier">');
});
