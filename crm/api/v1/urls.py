"""With and without a trailing slash: a redirect would lose the body of a POST."""

from django.urls import re_path

from crm.api.v1 import cases, verbs

ONE = r"^cases/(?P<number>\d{1,18})"

urlpatterns = [
    re_path(r"^cases/?$", cases.Cases.as_view(), name="cases"),
    re_path(rf"{ONE}/?$", cases.OneCase.as_view(), name="case"),
    re_path(rf"{ONE}/interactions/?$", cases.Interactions.as_view(), name="interactions"),
    re_path(rf"{ONE}/settle/?$", verbs.Settle.as_view(), name="settle"),
    re_path(rf"{ONE}/reopen/?$", verbs.Reopen.as_view(), name="reopen"),
    re_path(rf"{ONE}/wait/?$", verbs.WaitFor.as_view(), name="wait"),
    re_path(rf"{ONE}/resume/?$", verbs.Resume.as_view(), name="resume"),
    re_path(rf"{ONE}/escalate/?$", verbs.Escalate.as_view(), name="escalate"),
    re_path(rf"{ONE}/escalation/accept/?$", verbs.Accept.as_view(), name="accept"),
    re_path(rf"{ONE}/escalation/hand-back/?$", verbs.HandBack.as_view(), name="hand-back"),
]
