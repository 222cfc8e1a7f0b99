"""My own account: how the pages look to me, my password, my second step, my state."""

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import devices_for_user, match_token
from django_otp import login as otp_login

from crm.staff import actions
from crm.staff.entrance import safe_next
from crm.staff.errors import WrongCode
from crm.staff.forms.entrance import SecondStepForm
from crm.staff.forms.yourself import ProfileForm
from crm.staff.guard import StaffRequest
from crm.staff.models import Language, Presence, SignIn, Theme

YEAR = 365 * 86_400
LAST_SIGN_INS = 5


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: StaffRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if form.is_valid():
        actions.change_profile(user=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("staff:profile")
    context = {
        "form": form,
        "devices": {type(device).__name__: device for device in devices_for_user(request.user)},
        "sign_ins": SignIn.objects.filter(user=request.user)[:LAST_SIGN_INS],
    }
    return render(request, "staff/profile.html", context)


@never_cache
@login_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: StaffRequest) -> HttpResponse:
    form = PasswordChangeForm(request.user, request.POST or None)
    if form.is_valid():
        actions.change_password(user=request.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Your password is changed. You are signed out everywhere else."))
        return redirect("staff:profile")
    return render(request, "staff/password_change.html", {"form": form})


@login_required
@require_POST
def sign_out_elsewhere(request: StaffRequest) -> HttpResponse:
    actions.end_sessions(person=request.user, by=request.user)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("staff:profile")


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def second_step_add(request: StaffRequest) -> HttpResponse:
    form = SecondStepForm(request.POST or None)
    if form.is_valid():
        try:
            return _confirmed(request, form.cleaned_data["token"])
        except WrongCode as error:
            form.add_error("token", str(error))
    device = actions.begin_second_step(user=request.user)
    context = {"form": form, "device": device, "qr": qr(device.config_url), "secret": grouped_secret(device.config_url)}
    return render(request, "staff/second_step_add.html", context)


def _confirmed(request: StaffRequest, token: str) -> HttpResponse:
    """The recovery codes are in this one answer and nowhere else."""
    device, codes = actions.confirm_second_step(user=request.user, token=token)
    update_session_auth_hash(request, request.user)
    otp_login(request, device)
    return render(request, "staff/recovery_codes.html", {"codes": codes})


def qr(url: str) -> SafeString:
    """As SVG without a style attribute: the strict CSP would drop that."""
    drawn = segno.make(url, micro=False).svg_inline(scale=5, border=3, dark="#000", light="#fff", omitsize=True)
    return mark_safe(drawn)  # segno's own mark-up: the URL is drawn in it, not written


def grouped_secret(config_url: str) -> str:
    """The key for typing, in groups of four."""
    secret = config_url.partition("secret=")[2].partition("&")[0]
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def second_step_remove(request: StaffRequest) -> HttpResponse:
    form = SecondStepForm(request.POST or None)
    if form.is_valid():
        if match_token(request.user, form.cleaned_data["token"]):
            actions.remove_second_step(person=request.user, by=request.user)
            update_session_auth_hash(request, request.user)
            messages.success(request, _("The second step is off."))
            return redirect("staff:profile")
        form.add_error("token", str(WrongCode()))
    return render(request, "staff/second_step_remove.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def presence(request: StaffRequest) -> HttpResponse:
    """My state in the top bar as it is now: time may have changed it (POST: I do)."""
    if request.method == "GET":
        here = request.htmx.current_url_abs_path  # type: ignore[attr-defined]
        return render(request, "_components/presence.html", {"presences": Presence.choices, "next": here or "/"})
    wanted = request.POST.get("presence", "")
    if wanted not in Presence.values:
        return HttpResponseBadRequest()
    actions.set_presence(user=request.user, presence=wanted)
    return _back(request)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Kept in a cookie, and with the person who is signed in."""
    wanted = request.POST.get("language", "")
    if wanted not in Language.values:
        return HttpResponseBadRequest()
    if request.user.is_authenticated:
        actions.change_profile(user=request.user, language=wanted)
    response = _back(request)
    response.set_cookie("django_language", wanted, max_age=YEAR, samesite="Lax", httponly=True)
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Kept as the language is; "toggle" comes from the button where no script could say what is shown now."""
    wanted = _toggled(request) if request.POST.get("theme") == "toggle" else request.POST.get("theme", "")
    if wanted not in Theme.values:
        return HttpResponseBadRequest()
    if request.user.is_authenticated:
        actions.change_profile(user=request.user, theme=wanted)
    response = _back(request)
    response.set_cookie("theme", wanted, max_age=YEAR, samesite="Lax")
    return response


def _toggled(request: HttpRequest) -> str:
    shown = request.user.theme if request.user.is_authenticated else request.COOKIES.get("theme", Theme.AUTO)
    return Theme.LIGHT if shown == Theme.DARK else Theme.DARK


def _back(request: HttpRequest) -> HttpResponse:
    """A script that posts needs no page; a plain form goes back to where it was."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return redirect(safe_next(request, request.POST.get("next")))
