"""A forgotten password: the answer is the same whether or not the address is known."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.staff import actions, locks, tasks
from crm.staff.forms.entrance import ForgottenForm
from crm.staff.letterbox import letterbox
from crm.staff.tokens import digest

QUIET_SECONDS = 60


@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    form = ForgottenForm(request.POST or None)
    if form.is_valid():
        _send(form.cleaned_data["email"])
        return redirect("staff:password_sent")
    return render(request, "staff/password_forgotten.html", {"form": form})


def _send(email: str) -> None:
    """At most one link a minute to one address: nobody fills a colleague's mailbox."""
    if cache.add(f"reset-link-{digest(email.lower())}", True, QUIET_SECONDS):
        tasks.send_reset_link.delay(email, get_language() or "id")


def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "staff/password_sent.html", {"letterbox": letterbox()})


class NewPassword(PasswordResetConfirmView):
    """Behind the link of the e-mail. It also releases a lock: whoever reads that mailbox is the person."""

    template_name = "staff/password_new.html"
    success_url = reverse_lazy("staff:login")
    reset_url_token = "new"

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        person = form.user
        actions.change_password(user=person, password=form.cleaned_data["new_password1"])
        locks.release(person)
        del self.request.session["_password_reset_token"]
        messages.success(self.request, _("Your password is changed. Sign in with it."))
        return HttpResponseRedirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"person": self.user}
