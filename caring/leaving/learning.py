"""Learn the leaving risk by shifting time: two months foretell the third. Loads scikit-learn: for commands alone."""

import datetime as dt
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from caring.leaving.fitting import Example, cross_validate, fit
from caring.leaving.lines import known_lines
from caring.models import LeavingModel
from crm.billing import months
from crm.events.actions import record

FEWEST = 20  # lines that left, and that stayed: below that nothing can be learnt


class TooFew(ValueError):
    """Not enough lines left, or stayed, in the newest month."""


@transaction.atomic
def learn(newest: dt.date) -> LeavingModel:
    """From the two months before `newest` to whether a line was silent in it; once more is anew. Raises TooFew."""
    before = months.first_day(months.number(newest) - 1)
    examples = [
        Example(line, left)
        for one in known_lines(newest)
        if (line := one.line(before)) is not None and (left := one.was_silent(newest)) is not None
    ]
    gone = sum(one.left for one in examples)
    if min(gone, len(examples) - gone) < FEWEST:
        raise TooFew
    kept = LeavingModel.objects.update_or_create(
        month=newest,
        defaults={
            "numbers": fit(examples).numbers(), "report": asdict(cross_validate(examples)), "fitted_at": timezone.now(),
        },
    )[0]  # fmt: skip
    record("caring.leaving_learnt", subject=kept, lines=len(examples), left=gone)
    return kept
