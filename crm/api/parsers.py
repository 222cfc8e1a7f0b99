"""Reading a request's body: JSON, of a bounded size."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from crm.api.errors import BodyTooLarge

LIMIT = 1024 * 1024  # bytes; a letter of 300 pages is shorter


class BoundedJSONParser(JSONParser):
    """Refuses a body above LIMIT before it is read, and says where malformed JSON breaks."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        request = (parser_context or {})["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > LIMIT:
            raise BodyTooLarge(_("The body is larger than 1 MiB."))
        try:
            return json.loads(stream.read().decode(), parse_constant=_no_constant)
        except UnicodeDecodeError:
            raise ParseError(_("The body is not UTF-8.")) from None
        except json.JSONDecodeError as error:
            place = {"line": error.lineno, "column": error.colno}
            raise ParseError(_("The body is not JSON: line %(line)s, column %(column)s.") % place) from None
        except (RecursionError, ValueError):  # ValueError: NaN, or a number of 5,000 digits
            raise ParseError(_("The body is not JSON that can be read here.")) from None


def _no_constant(name: str) -> None:
    raise ValueError(name)
