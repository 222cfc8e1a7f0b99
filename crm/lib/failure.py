"""Naming a failure without quoting it: exception texts carry rows, addresses and numbers, logs must not."""

import traceback


def place(error: BaseException) -> str:
    """'ValueError at forms.py:41': enough to find the fault, nothing personal."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
