"""The everyday spellings: what people write, and what it means in our articles."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.knowledge.actions import drop_spelling, keep_spelling
from crm.knowledge.forms import SpellingForm
from crm.knowledge.models import Spelling
from crm.staff.guard import StaffRequest, allowed

PAGE = 60


@allowed("article.publish")
@require_http_methods(["GET", "POST"])
def spellings(request: StaffRequest) -> HttpResponse:
    """In the order of the alphabet; the form writes a new one."""
    return _page(request, None)


@allowed("article.publish")
@require_http_methods(["GET", "POST"])
def spelling(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(Spelling, pk=pk))


def _page(request: StaffRequest, chosen: Spelling | None) -> HttpResponse:
    form = SpellingForm(request.POST or None, instance=chosen)
    if request.method == "POST" and form.is_valid():
        kept = keep_spelling(spelling=form.save(commit=False), by=request.user)
        messages.success(request, _("Kept: %(word)s") % {"word": kept.said})
        return redirect("knowledge:spellings")
    after, q = request.GET.get("after", "")[:40], request.GET.get("q", "").strip().lower()[:40]
    found = Spelling.objects.filter(said__gt=after)
    found = found.filter(said__contains=q) | found.filter(means__contains=q) if q else found
    rows = list(found.order_by("said")[: PAGE + 1])
    older = f"?q={q}&after={rows[PAGE - 1].said}" if len(rows) > PAGE else ""
    context = {"form": form, "chosen": chosen, "rows": rows[:PAGE], "older_url": older, "q": q}
    return render(request, "knowledge/spellings.html", context, status=422 if form.errors else 200)


@allowed("article.publish")
@require_POST
def drop(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Spelling, pk=pk)
    drop_spelling(spelling=found, by=request.user)
    messages.success(request, _("Left out: %(word)s") % {"word": found.said})
    return redirect("knowledge:spellings")
