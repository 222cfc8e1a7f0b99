// What every page runs. Charts are the business of pages that have some (charts.js).
import "./theme.js";
import "./clocks.js";
import "./dialog.js";
import "./menu.js";
import "./panes.js";
import "./rail.js";
import "./toast.js";
import "./live.js";
