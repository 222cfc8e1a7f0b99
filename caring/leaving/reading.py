"""Read the leaving risk: of every line, or of one."""

from dataclasses import dataclass

from caring.leaving.lines import Known, known_lines
from caring.leaving.model import Model
from caring.models import LeavingModel


@dataclass(frozen=True)
class AtRisk:
    line: Known
    risk: float
    picked: bool
    reasons: list[str]


def ranked(model: LeavingModel) -> list[AtRisk]:
    """Every line of which the newest two months are known, the likeliest to leave first."""
    found = [at_risk(model, one) for one in known_lines(model.month)]
    return sorted((one for one in found if one), key=lambda one: (-one.risk, one.line.pk))


def at_risk(model: LeavingModel, known: Known) -> AtRisk | None:
    line, numbers = known.line(model.month), Model.from_numbers(model.numbers)
    if line is None:
        return None
    return AtRisk(known, numbers.risk(line), numbers.picks(line), [reason for reason, _added in numbers.explain(line)])


def risk_of(subscription_id: int) -> AtRisk | None:
    """By the newest model; None where there is none, or too little is known of the line."""
    model = LeavingModel.objects.first()
    known = next(known_lines(model.month, only=subscription_id), None) if model else None
    return at_risk(model, known) if model and known else None
