// What every page runs. Charts are the business of pages that have some (charts.js).
import "./theme.js";
import "./clocks.js";
import "./dialog.js";
import "./menu.js";
import "./panes.js";
import "./tabs.js";
import "./rail.js";
import "./toast.js";
import "./live.js";
import "./calls.js";
import "./ring.js";
import "./copy.js";
import "./keys.js";
import "./palette.js";
