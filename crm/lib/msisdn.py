"""Mobile numbers: E.164 inside, grouped outside (integrations.md, Indonesian facts)."""

import re

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

HOME = "ID"
# The library reads 62812… as a landline of area 62: only the + makes it a mobile number.
COUNTRY_CODE_WITHOUT_PLUS = re.compile(r"^[\s(]*(?:00[\s-]*)?62(?=[\s().-]*8)")


class BadNumber(ValueError):
    """The text is no telephone number; says so in the reader's language."""

    def __init__(self) -> None:
        super().__init__(_("This is not a telephone number. Write it like 0812 3456 7890 or +62 812 3456 7890."))


def parse(text: str) -> PhoneNumber:
    """Read 0812…, 62812…, +62 812… or a foreign +… number. Raises BadNumber."""
    try:
        number = phonenumbers.parse(COUNTRY_CODE_WITHOUT_PLUS.sub("+62", text), HOME)
    except NumberParseException as error:
        raise BadNumber from error
    if not phonenumbers.is_valid_number(number):
        raise BadNumber
    return number


def normalise(text: str) -> str:
    """'0812-3456-7890' -> '+6281234567890' (E.164). Raises BadNumber."""
    return phonenumbers.format_number(parse(text), PhoneNumberFormat.E164)


def grouped(msisdn: str) -> str:
    """'+6281234567890' -> '+62 812-3456-7890', for reading aloud; anything else comes back as it is."""
    try:
        return phonenumbers.format_number(parse(msisdn), PhoneNumberFormat.INTERNATIONAL)
    except BadNumber:
        return msisdn
