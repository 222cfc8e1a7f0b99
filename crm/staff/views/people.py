"""The people of the house: the list, one person, and what may be done for them."""

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.staff import actions, tasks
from crm.staff.access import may, require
from crm.staff.errors import StaffError
from crm.staff.forms.people import PeopleFilter, PersonForm, SignInFilter
from crm.staff.guard import StaffRequest, allowed
from crm.staff.history import history_of
from crm.staff.letterbox import letterbox
from crm.staff.models import Invitation, Shift, SignIn, User
from crm.staff.people import mark_locked, with_list_columns

PAGE = 50
LAST_SIGN_INS = 8
NEXT_SHIFTS = 7


@allowed("staff.read")
@require_GET
def people(request: StaffRequest) -> HttpResponse:
    asked = PeopleFilter(request.GET)
    found = asked.narrow(with_list_columns(User.objects.visible_to(request.user)))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    mark_locked(page.object_list, timezone.now())
    context = {"filter": asked, "page": page, "at": timezone.now()} | _pages(request, page)
    if page.number == 1 and may(request.user, "staff.invite"):
        context["invitations"] = Invitation.objects.waiting().visible_to(request.user).select_related("invited_by")
    return render(request, "staff/people.html", context)


def _pages(request: HttpRequest, page: Page) -> dict[str, str]:
    """What _components/pages.html wants."""

    def url(number: int) -> str:
        query = request.GET.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    shown = _("%(first)s to %(last)s of %(all)s") % {
        "first": page.start_index(), "last": page.end_index(), "all": page.paginator.count,
    }  # fmt: skip
    return {
        "shown": shown,
        "newer_url": url(page.previous_page_number()) if page.has_previous() else "",
        "older_url": url(page.next_page_number()) if page.has_next() else "",
    }


@allowed("staff.read")
@require_http_methods(["GET", "POST"])
def person(request: StaffRequest, pk: int) -> HttpResponse:
    somebody = visible_person(request, pk)
    form = None
    if may(request.user, "staff.manage", somebody):
        form = PersonForm(request.POST or None, instance=visible_person(request, pk), by=request.user)
        if form.is_valid() and _save(request, somebody, form):
            return redirect("staff:person", pk)
    mark_locked([somebody], timezone.now())
    context = {
        "person": somebody,
        "form": form,
        "sign_ins": SignIn.objects.filter(user=somebody)[:LAST_SIGN_INS],
        "shifts": Shift.objects.filter(user=somebody, ends_at__gt=timezone.now())[:NEXT_SHIFTS],
        "history": history_of(somebody) if may(request.user, "staff.history") else None,
    }
    return render(request, "staff/person.html", context)


def visible_person(request: StaffRequest, pk: int) -> User:
    return get_object_or_404(with_list_columns(User.objects.visible_to(request.user)), pk=pk)


def _save(request: StaffRequest, somebody: User, form: PersonForm) -> bool:
    changes = form.cleaned_data
    try:
        actions.change_person(person=somebody, by=request.user, **changes)
    except StaffError as error:
        form.add_error(error.field or None, str(error))
        return False
    except IntegrityError:
        form.add_error(None, _("Somebody else has this e-mail or staff number."))
        return False
    messages.success(request, _("Saved."))
    return True


@allowed("staff.manage")
@require_POST
def release(request: StaffRequest, pk: int) -> HttpResponse:
    somebody = visible_person(request, pk)
    if actions.release_lock(person=somebody, by=request.user):
        messages.success(request, _("%(name)s can sign in again.") % {"name": somebody.name})
    return redirect("staff:person", pk)


@allowed("staff.manage")
@require_POST
def end_sessions(request: StaffRequest, pk: int) -> HttpResponse:
    somebody = visible_person(request, pk)
    actions.end_sessions(person=somebody, by=request.user)
    messages.success(request, _("%(name)s is signed out everywhere.") % {"name": somebody.name})
    return redirect("staff:person", pk)


@allowed("staff.manage")
@require_POST
def remove_second_step(request: StaffRequest, pk: int) -> HttpResponse:
    somebody = visible_person(request, pk)
    actions.remove_second_step(person=somebody, by=request.user)
    messages.success(request, _("The second step of %(name)s is removed.") % {"name": somebody.name})
    return redirect("staff:person", pk)


@allowed("staff.manage")
@require_POST
def send_reset_link(request: StaffRequest, pk: int) -> HttpResponse:
    somebody = visible_person(request, pk)
    require(request.user, "staff.manage", somebody)
    tasks.send_reset_link.delay(somebody.email, get_language() or "id")
    place = letterbox()
    said = _("The e-mail to %(email)s is written into %(place)s.") if place else _("A link goes to %(email)s.")
    messages.success(request, said % {"email": somebody.email, "place": place})
    return redirect("staff:person", pk)


@allowed("staff.read")
@require_GET
def sign_ins(request: StaffRequest) -> HttpResponse:
    asked = SignInFilter(request.GET)
    log = asked.narrow(SignIn.objects.visible_to(request.user).select_related("user"))
    page = Paginator(log, PAGE).get_page(request.GET.get("page"))
    return render(request, "staff/sign_ins.html", {"filter": asked, "page": page} | _pages(request, page))
