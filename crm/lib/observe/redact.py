"""The last net under the logs: what looks like personal data is cut out of every string.

Callers already log ids and facts alone; error messages of libraries and of the database are not so careful.
"""

import re

MARK = "[…]"
# Keys whose values are ours and may hold long runs of digits.
SAFE = {"timestamp", "level", "logger", "request_id", "task_id"}
PATTERNS = [
    # Addresses that prove who calls: Django names the path of every answer from 500 on.
    re.compile(r"(?<=/hooks/sms/)[^/\s]+|(?<=/hooks/x/)[^/\s]+|(?<=/status/)[^/\s]+|(?<=/received/)[^/\s]+"),
    re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),  # e-mail
    re.compile(r"(?<![\w.:-])(?:\+?62|0)[ .-]?8\d{1,2}(?:[ .-]?\d){6,11}"),  # MSISDN as people write it
    re.compile(r"\+?\d(?:-?\d){8,}"),  # MSISDN, NIK, card number
    re.compile(r"(?<=\)=\().*?(?=\))"),  # PostgreSQL: Key (msisdn)=(…) already exists
    re.compile(r"(?<=Failing row contains \().*(?=\))"),
    re.compile(r"(?<=LINE \d: ).*"),  # the statement around a syntax error
    re.compile(r"(?<=\?)[\w.%+-]+=[^\s\"']*"),  # a query string
]


def redacted(text: str) -> str:
    for pattern in PATTERNS:
        text = pattern.sub(MARK, text)
    return text


def redact(_logger: object, _method: str, entry: dict[str, object]) -> dict[str, object]:
    """A structlog processor."""
    return {key: value if key in SAFE else _cleaned(value) for key, value in entry.items()}


def _cleaned(value: object) -> object:
    """Strings wherever they stand; what is no string stays what it is."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {key: _cleaned(one) for key, one in value.items()}
    return [_cleaned(one) for one in value] if isinstance(value, list | tuple) else value
