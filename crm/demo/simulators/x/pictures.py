"""Pictures of posts: open to everybody, as on X. Those of direct messages have an address that asks who calls."""

from django.http import Http404, HttpRequest, HttpResponse

from crm.demo.simulators.x import here, media


def show(request: HttpRequest, name: str) -> HttpResponse:
    number = name.partition(".")[0]
    found = media.find(here.store(), number) if number.isdecimal() else None
    if found is None or found.is_private or found.file_name != name:
        raise Http404
    return HttpResponse(media.content(here.store(), found), content_type=found.type)
