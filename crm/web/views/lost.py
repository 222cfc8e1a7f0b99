"""A lost link: asked for by e-mail. The answer is the same, and as quick, whether or not there is a case."""

import logging

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from kombu.exceptions import OperationalError

from crm.lib.sealed import seal
from crm.web import limits, tasks
from crm.web.forms import LostForm
from crm.web.limits import TooOften
from crm.web.public import minutes, page, public, waited

log = logging.getLogger(__name__)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: HttpRequest) -> HttpResponse:
    form = LostForm(request.POST or None)
    if not form.is_valid():
        return page(request, "lost", 422 if form.is_bound else 200, form=form)
    try:
        limits.count("lost", limits.address(request), limits.LOST_LINKS_BY_ADDRESS)
    except TooOften as error:
        said = _("Too many tries. Try again in %(n)d min.") % {"n": minutes(error)}
        return waited(page(request, "lost", 429, form=form, trouble=said), error)
    return _asked(request, form)


def _asked(request: HttpRequest, form: LostForm) -> HttpResponse:
    email = form.cleaned_data["email"]
    try:
        limits.count("lost-email", email, limits.LOST_LINKS_BY_CONTACT)
        tasks.send_lost_links.delay(seal({"email": email}))
    except TooOften:  # one letter in ten minutes is enough; whether one went out is not told either
        pass
    except OperationalError:
        log.error("lost link not queued")
        return page(
            request, "lost", 503, form=form, trouble=_("This does not work just now. Try again in a few minutes.")
        )
    return page(request, "lost", form=form, asked=True)
