"""Inviting somebody, and the page behind the invitation's link."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from crm.staff import actions, tasks
from crm.staff.errors import StaffError
from crm.staff.forms.entrance import JoinForm
from crm.staff.forms.people import InviteForm
from crm.staff.guard import StaffRequest, allowed
from crm.staff.letterbox import letterbox
from crm.staff.models import Invitation
from crm.staff.tokens import digest


@allowed("staff.invite")
@require_http_methods(["GET", "POST"])
def invite(request: StaffRequest) -> HttpResponse:
    form = InviteForm(request.POST or None, by=request.user)
    if form.is_valid():
        try:
            invitation = actions.invite_person(**form.cleaned_data, by=request.user, language=get_language() or "id")
        except StaffError as error:
            form.add_error(error.field or None, str(error))
        else:
            _send(request, invitation)
            return redirect("staff:people")
    return render(request, "staff/invite.html", {"form": form})


@allowed("staff.invite")
@require_POST
def send_again(request: StaffRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.open(timezone.now()).visible_to(request.user), pk=pk)
    _send(request, invitation)
    return redirect("staff:people")


def _send(request: StaffRequest, invitation: Invitation) -> None:
    tasks.send_invitation.delay(invitation.pk)
    place = letterbox()
    said = _("The e-mail to %(email)s is written into %(place)s.") if place else _("The invitation goes to %(email)s.")
    messages.success(request, said % {"email": invitation.email, "place": place})


@allowed("staff.invite")
@require_POST
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    actions.withdraw_invitation(invitation=invitation, by=request.user)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("staff:people")


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    invitation = Invitation.objects.open(timezone.now()).filter(token_hash=digest(token)).first()
    if invitation is None:
        return render(request, "staff/invitation_over.html", status=410)
    form = JoinForm(request.POST or None, email=invitation.email, initial={"name": invitation.name})
    if form.is_valid():
        try:
            return _joined(request, form, token)
        except StaffError as error:
            form.add_error(None, str(error))
    return render(request, "staff/accept.html", {"form": form, "invitation": invitation})


def _joined(request: HttpRequest, form: JoinForm, token: str) -> HttpResponse:
    data = form.cleaned_data
    user = actions.accept_invitation(token=token, name=data["name"], password=data["password"])
    said = _("Welcome, %(name)s. Sign in as %(username)s or with your e-mail.")
    messages.success(request, said % {"name": user.get_short_name(), "username": user.username})
    return redirect("staff:login")
