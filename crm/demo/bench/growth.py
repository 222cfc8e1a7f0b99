"""What ten and fifty times as many cases cost: the other benches at a small size and at the wanted one."""

import importlib
from argparse import Namespace
from typing import Any

from crm.demo.bench import table

SMALL = 100_000
# bench: (the figure that must not drift, whether more of it is better)
WATCHED = {
    "list": ("rps", True),
    "case": ("rps", True),
    "create": ("rps", True),
    "sla_idle": ("sweep_ms", False),
}


def run(options: Namespace) -> dict[str, Any]:
    big = options.n or 1_000_000
    small, large = (measured(options, size) for size in (SMALL, big))
    drifts = {name: drift(small[name], large[name], WATCHED[name][1]) for name in WATCHED}
    rows = [(name, WATCHED[name][0], small[name], large[name], drifts[name]) for name in WATCHED]
    table.show("Growth", ["bench", "figure", f"{SMALL:,} cases", f"{big:,} cases", "drift"], rows)
    return {f"{name}_drift": drifts[name] for name in WATCHED} | {"worst_drift": max(drifts.values())}


def measured(options: Namespace, size: int) -> dict[str, float]:
    sized = Namespace(**{**vars(options), "n": size})
    return {name: _run(name, sized)[WATCHED[name][0]] for name in WATCHED}


def _run(name: str, sized: Namespace) -> dict[str, float]:
    figures: dict[str, float] = importlib.import_module(f"crm.demo.bench.{name}").run(sized)
    return figures


def drift(small: float, large: float, more_is_better: bool) -> float:
    """1 is none; 1.3 is a third worse."""
    return small / large if more_is_better else large / small
