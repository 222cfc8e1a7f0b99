"""What a run of digits can be: a mobile number, a NIK, a payment card. Pure."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

MOBILE_TYPES = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
INDONESIA = 62
DOMESTIC = re.compile(r"(?:0062|62|0)0?(8\d+)")
# Province, regency and district; day (+ 40 for women), month, year; serial number.
NIK = re.compile(
    r"(?:1[1-9]|2[01]|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-7])\d{4}"
    r"(?:0[1-9]|[12]\d|3[01]|4[1-9]|[56]\d|7[01])(?:0[1-9]|1[0-2])\d{6}"
)
NIK_LENGTH = 16
# Issuers' ranges (ISO/IEC 7812): Visa, Mastercard, American Express, Diners, JCB, Maestro, UnionPay, Discover.
# Without them one transaction number in ten would pass the check digit, and every IMEI.
CARD = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|09|[68]\d|9\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12,15}|(?:5[06-8]\d|6\d\d)\d{10,16}"
)


def is_mobile(digits: str, *, international: bool = False) -> bool:
    """'081234567890', '6281234567890', and with `international` (a + stood before it) any country's number.

    Fixed lines of Indonesia are no match: they belong to offices, and desks publish them.
    """
    domestic = DOMESTIC.fullmatch(digits)
    if domestic:
        return _valid(f"+62{domestic[1]}")
    return international and _valid(f"+{digits}")


def _valid(text: str) -> bool:
    try:
        number = phonenumbers.parse(text)
    except NumberParseException:
        return False
    if number.country_code == INDONESIA and phonenumbers.number_type(number) not in MOBILE_TYPES:
        return False
    return phonenumbers.is_valid_number(number)


def looks_like_nik(digits: str) -> bool:
    """Sixteen digits with a birth date in their middle; also true of a family card's number."""
    return NIK.fullmatch(digits) is not None


def is_card(digits: str) -> bool:
    """A payment card's number: an issuer's range and the check digit of ISO/IEC 7812 (Luhn)."""
    return CARD.fullmatch(digits) is not None and _luhn(digits) % 10 == 0


def _luhn(digits: str) -> int:
    ones = sum(int(digit) for digit in digits[-1::-2])
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    return ones + sum(value - 9 if value > 9 else value for value in doubled)
