"""The page of an article that customers may read: no sign-in, no cookie, kept by caches for a while."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.http import http_date
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from crm.knowledge.markup import shown
from crm.knowledge.models import Version
from crm.web.public import asked_language, page

KEPT_SECONDS = 300


@require_safe
def article(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Only what is published, valid and marked for customers."""
    valid = Version.objects.valid(timezone.localdate()).select_related("article")
    found = valid.filter(article=pk, is_public=True).first()
    if found is None:
        raise Http404
    with translation.override(asked_language(request) or get_language()):
        answer = page(request, "article", article=found, text=shown(found.answer or found.body))
    return _keepable(answer, found)


def _keepable(answer: HttpResponse, found: Version) -> HttpResponse:
    patch_cache_control(answer, public=True, max_age=KEPT_SECONDS)
    answer["Last-Modified"] = http_date(found.published_at.timestamp()) if found.published_at else http_date()
    answer["Referrer-Policy"] = "no-referrer"
    return answer
