"""What somebody typed, and where they want it looked for."""

from dataclasses import dataclass

from crm.cases.finding import is_number

SCOPES = ("all", "customers", "cases", "actions")
BY_SIGN = {">": "actions", "#": "cases", "+": "customers", "@": "customers"}


@dataclass(frozen=True)
class Asked:
    text: str
    scope: str = "all"

    @classmethod
    def read(cls, text: str, scope: str) -> "Asked":
        """A sign before it narrows: > actions, # cases, + a number, @ a handle."""
        text = " ".join(text.split())[:100]
        by_sign = BY_SIGN.get(text[:1])
        scope = by_sign or (scope if scope in SCOPES else "all")
        return cls(text.lstrip(">#").strip() if text[:1] in "># " else text, scope)

    def wants(self, scope: str) -> bool:
        return self.scope in ("all", scope)

    @property
    def number(self) -> int | None:
        """Of a case."""
        digits = self.text.lstrip("#")
        return int(digits) if digits.isdecimal() and len(digits) < 15 else None

    @property
    def is_number(self) -> bool:
        return is_number(self.text)
