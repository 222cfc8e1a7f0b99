"""What can be wrong with a contact."""


class BadContact(ValueError):
    """A number, address or handle that cannot be one. `field` is the field it came in; str() is translated."""

    code = "bad_contact"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class ReasonNeeded(BadContact):
    """Personal data is revealed only with a reason."""

    code = "reason_needed"
