"""The programme as it stands, the tasks it made, and the runs that made them."""

from caring.models.effect import EffectFigures, EffectRule, Followed, Standing
from caring.models.leaving import LeavingModel
from caring.models.policy import ContactPolicy
from caring.models.run import Run, RunRange, SetAside
from caring.models.score import Score
from caring.models.stage import Stage, StageVersion
from caring.models.task import Attempt, Suppression, Task

__all__ = [
    "Attempt",
    "ContactPolicy",
    "EffectFigures",
    "EffectRule",
    "Followed",
    "LeavingModel",
    "Run",
    "RunRange",
    "Score",
    "SetAside",
    "Stage",
    "StageVersion",
    "Standing",
    "Suppression",
    "Task",
]
