class KnowledgeError(ValueError):
    """Why it cannot be done; `field` is what stands in the way, empty for the whole."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field
