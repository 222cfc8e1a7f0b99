"""The channels by name. They are the timeline's, which lies above and registers them here for people's capacities."""

from django.utils.functional import Promise

Choices = list[tuple[str, str | Promise]]
_choices: Choices = []


def register(choices: Choices) -> None:
    """Called from AppConfig.ready()."""
    _choices[:] = choices


def choices() -> Choices:
    return list(_choices)
