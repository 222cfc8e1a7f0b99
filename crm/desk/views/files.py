"""Files of a case: uploaded for an answer, opened from the conversation; and mails as they were laid out.

Nothing here trusts what came from outside: a file is served by the type of its bytes, never inline unless it is a
picture, and nothing in it may run, load or be framed by others.
"""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from crm.cases.models import Case
from crm.desk.files import draft_files, keep_draft_file, remove_draft_file
from crm.desk.looking import look_at, own_case, record_look_once
from crm.desk.opened import composing
from crm.staff.access import require
from crm.staff.guard import StaffRequest
from crm.timeline.attachments import BadFile, check_size
from crm.timeline.models import Attachment, Interaction
from crm.timeline.serving import serve

# The styles are those that the sanitiser let through; pictures only such as lie in the mail itself.
LAID_OUT = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'; base-uri 'none';"
    " form-action 'none'"
)
KEPT_FOR = 3600  # seconds in the reader's own browser; a file never changes


@login_required
@require_safe
def draft_list(request: StaffRequest, number: int) -> HttpResponse:
    return _listed(request, _answerable(request, number))


@login_required
@require_POST
def upload(request: StaffRequest, number: int) -> HttpResponse:
    """Keep one file for the answer that is being written."""
    case = _answerable(request, number)
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        return _listed(request, case, wrong_file=_("Choose a file."), status=422)
    try:
        check_size(given.size or 0)
        keep_draft_file(user=request.user, case=case, content=given.read(), name=given.name or "")
    except BadFile as error:
        return _listed(request, case, wrong_file=str(error), wrong_name=given.name, status=422)
    return _listed(request, case)


@login_required
@require_POST
def remove(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    case = _answerable(request, number)
    remove_draft_file(user=request.user, case=case, pk=pk)
    return _listed(request, case)


def _answerable(request: StaffRequest, number: int) -> Case:
    case = own_case(request.user, number)
    require(request.user, "case.answer", case)
    return case


def _listed(request: StaffRequest, case: Case, *, status: int = 200, **said: Any) -> HttpResponse:
    """The composer's files as they are now."""
    context = composing(case, request.user, [], [], seen=0) | {"case": case} | said
    return render(request, "desk/case/files.html", context, status=status)


@login_required
@require_safe
def file(request: StaffRequest, number: int, pk: int) -> HttpResponseBase:
    """A file of the case's conversation, or one that its reader is about to send."""
    look = look_at(request.user, number)
    of_case = Q(interaction__in_case__case=look.case) | Q(pk__in=draft_files(request.user, look.case))
    found = get_object_or_404(Attachment.objects.servable().filter(of_case), pk=pk)
    record_look_once(request.user, look)
    response = serve(found, pictures_in_place=True)
    response["Cache-Control"] = f"private, max-age={KEPT_FOR}, immutable"
    return response


@login_required
@require_safe
def layout(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    """The frame in which a mail shows itself as it was laid out."""
    case = look_at(request.user, number).case
    said = _laid_out(case, pk)
    return render(request, "desk/case/layout.html", {"case": case, "said": said})


@login_required
@require_safe
@xframe_options_sameorigin
def layout_page(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    """What is in the frame: the sanitised mail, where no script runs and nothing is fetched from anywhere."""
    look = look_at(request.user, number)
    said = _laid_out(look.case, pk)
    record_look_once(request.user, look)
    response = render(request, "desk/case/layout_page.html", {"html": said.html})
    response["Content-Security-Policy"] = LAID_OUT
    response["Cache-Control"] = "private, no-store"
    return response


def _laid_out(case: Case, pk: int) -> Interaction:
    return get_object_or_404(Interaction.objects.filter(in_case__case=case).exclude(html=""), pk=pk)
