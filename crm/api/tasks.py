import datetime as dt

from celery import shared_task
from django.utils import timezone
from oauth2_provider.models import clear_expired

from crm.api.models import KeptAnswer

KEPT = dt.timedelta(days=7)


@shared_task
def forget_answers() -> int:
    """Idempotency keys live a week; expired tokens go too. Returns how many answers were forgotten."""
    clear_expired()
    forgotten, _by_model = KeptAnswer.objects.filter(at__lt=timezone.now() - KEPT).delete()
    return forgotten
