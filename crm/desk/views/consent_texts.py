"""Settings: what customers are read before they answer, by purpose and version."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm.customers.consent_texts import publish_text, text_in_force, texts_in_force
from crm.customers.errors import CannotConsent
from crm.customers.models import ConsentText, Purpose
from crm.desk.forms.consents import TextForm
from crm.desk.views.settings import nav
from crm.staff.access import require
from crm.staff.guard import StaffRequest

VERSIONS = 50


@login_required
@require_safe
def texts(request: StaffRequest) -> HttpResponse:
    """Those in force, and every version that was published, the newest first."""
    require(request.user, "consent.text")
    in_force = [(Purpose(text.purpose).label, text) for text in texts_in_force().values()]
    context = nav(request) | {"texts": in_force, "versions": ConsentText.objects.select_related("by")[:VERSIONS]}
    return render(request, "desk/settings/consent_texts.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def publish(request: StaffRequest, purpose: str) -> HttpResponse:
    require(request.user, "consent.text")
    if purpose not in Purpose.values:
        raise Http404
    now = text_in_force(purpose)
    form = TextForm(request.POST or None, initial={"after": now.version, "text": now.id, "text_en": now.en})
    if request.method == "POST" and form.is_valid():
        try:
            new = publish_text(purpose=purpose, by=request.user, **form.cleaned_data)
            messages.success(request, _("Version %(version)s is in force.") % {"version": new.version})
            return redirect("desk:consent-texts")
        except CannotConsent as error:
            form.add_error(None, str(error))
    context = nav(request) | {"form": form, "label": Purpose(purpose).label, "text": now, "purpose": purpose}
    return render(request, "desk/settings/consent_text.html", context, status=422 if form.errors else 200)
