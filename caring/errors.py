"""What the programme refuses, with the place where it is wrong."""


class CannotSave(ValueError):
    """`field`: of the form; empty where it is none. str() is translated."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class StaleVersion(CannotSave):
    """Somebody else has put another version in force since this one was opened."""


class BadText(CannotSave):
    """A text that cannot be filled: `field` names it as the form does, `named` the field in braces."""

    def __init__(self, field: str, message: str, named: str = "") -> None:
        super().__init__(field, message)
        self.named = named
