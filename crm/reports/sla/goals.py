"""What the division aims at, in percent. [ours]: shown as a tick, judged by nobody."""

REPLY = 95.0
SETTLE = 97.0
BARS_FROM = 80.0


def bar(share: float) -> float:
    """How far a bar is filled that runs from BARS_FROM to 100 %."""
    return max(0.0, (share - BARS_FROM) / (100 - BARS_FROM) * 100)
