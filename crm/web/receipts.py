"""The address of a confirmation page: good for a day, so that a shared browser's history opens nothing later."""

from django.core.signing import BadSignature, TimestampSigner

from crm.web.models import Filing
from crm.web.tokens import RECEIPT_LASTS

_SALT = "sapa.web.receipt"


def receipt_of(filing: Filing) -> str:
    return TimestampSigner(salt=_SALT, sep=".").sign(filing.nonce)


def read_receipt(receipt: str) -> Filing | None:
    """None for a made-up or an old one."""
    try:
        nonce = TimestampSigner(salt=_SALT, sep=".").unsign(receipt, max_age=RECEIPT_LASTS)
    except BadSignature:
        return None
    return Filing.objects.select_related("case__customer", "twin").filter(nonce=nonce).first()
