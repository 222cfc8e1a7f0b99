"""Why a task could not be worked on. `field` names the input to blame; str() is translated."""

from django.utils.translation import gettext as _


class WorkRefused(ValueError):
    code = "work_refused"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class TaskGone(WorkRefused):
    """Done, put off or ended meanwhile."""

    code = "task_gone"

    def __init__(self) -> None:
        super().__init__(_("There is nothing to be done on this task just now."))


class CannotUndo(WorkRefused):
    """Too late, or what followed from the outcome cannot be taken back."""

    code = "cannot_undo"


class TaskTaken(WorkRefused):
    code = "task_taken"

    def __init__(self, who: str) -> None:
        super().__init__(_("%(who)s works on this task already.") % {"who": who})


class NotTaken(WorkRefused):
    """What came of a call is said by who made it."""

    code = "not_taken"

    def __init__(self) -> None:
        super().__init__(_("This task is not yours. Take it first."))
