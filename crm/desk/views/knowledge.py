"""The knowledge base beside a case: what is proposed, and what became of it there."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from crm.cases.models import Case
from crm.desk.beside import known_here, proposed
from crm.desk.looking import look_at, own_case
from crm.knowledge.actions import judge, use
from crm.knowledge.models import Article
from crm.staff.access import may, require
from crm.staff.guard import StaffRequest


@login_required
@require_safe
def beside(request: StaffRequest, number: int) -> HttpResponse:
    require(request.user, "article.read")
    return _card(request, look_at(request.user, number).case)


def _card(request: StaffRequest, case: Case) -> HttpResponse:
    context = {
        "case": case, "articles": proposed(case), "problems": known_here(case, request.user),
        "may_judge": may(request.user, "case.note", case),
    }  # fmt: skip
    return render(request, "desk/person/articles.html", context)


@login_required
@require_POST
def used(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    """It was put into an answer of this case."""
    case = own_case(request.user, number)
    require(request.user, "case.note", case)
    use(article=get_object_or_404(Article, pk=pk), case=case.pk, by=request.user)
    return HttpResponse(status=204)


@login_required
@require_POST
def judged(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    """It helped here, or did not."""
    case = own_case(request.user, number)
    require(request.user, "case.note", case)
    article = get_object_or_404(Article, pk=pk)
    judge(article=article, case=case.pk, helped=request.POST.get("helped") == "1", by=request.user)
    return _card(request, case)
