import assert from "node:assert/strict";
import { test } from "node:test";

import { inserted } from "../../static/js/problems.js";

test("a field goes in where the cursor stands, over what is chosen", () => {
  assert.deepEqual(inserted("Halo , maaf", 5, 5, "{name}"), { text: "Halo {name}, maaf", cursor: 11 });
  assert.deepEqual(inserted("Halo Ibu, maaf", 5, 8, "{name}"), { text: "Halo {name}, maaf", cursor: 11 });
});
