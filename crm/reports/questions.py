"""A question as it is kept in the table: every value of the address, by name."""

from typing import Any

from django.http import QueryDict

# What is about the asking and not about the question.
NOT_KEPT = ("source", "format", "report", "after", "csrfmiddlewaretoken", "key", "rows", "agents")


def kept(query: QueryDict) -> dict[str, list[str]]:
    return {name: values for name, values in query.lists() if name not in NOT_KEPT and any(values)}


def as_query(kept_question: dict[str, Any]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, values in kept_question.items():
        query.setlist(name, values if isinstance(values, list) else [values])
    return query
