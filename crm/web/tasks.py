"""What a visitor must not wait for, or must not notice."""

from celery import shared_task
from django.utils import timezone

from crm.lib.sealed import unseal
from crm.web import letters
from crm.web.models import Filing, StatusLink

MOST = 3  # letters to one address at once


@shared_task
def send_lost_links(sealed: str) -> int:
    """The links of the newest cases that were opened with this address; returns how many letters were queued.

    The address is sealed: the broker keeps what waits, also from somebody who is forgotten meanwhile.
    """
    at, email = timezone.now(), unseal(sealed)["email"]
    alive = StatusLink.objects.unexpired(at).values("case")
    filings = Filing.objects.filter(email=email, twin=None, is_suspect=False, case__in=alive)
    found = list(filings.select_related("case__customer").order_by("-pk")[:MOST])
    for filing in found:
        letters.remind_of_link(filing, key=f"lost:{filing.pk}:{at:%Y%m%d%H%M}", by_mail=True)
    return len(found)
