"""With and without a trailing slash: a redirect would lose the body of a POST."""

from django.urls import re_path

from crm.api.v1 import articles, billing, calls, cases, consents, customers, lines, orders, problems, verbs, visits

ONE = r"^cases/(?P<number>\d{1,18})"

urlpatterns = [
    re_path(r"^cases/?$", cases.Cases.as_view(), name="cases"),
    re_path(rf"{ONE}/?$", cases.OneCase.as_view(), name="case"),
    re_path(rf"{ONE}/interactions/?$", cases.Interactions.as_view(), name="interactions"),
    re_path(rf"{ONE}/problem/?$", problems.Hang.as_view(), name="hang"),
    re_path(r"^problems/?$", problems.Problems.as_view(), name="problems"),
    re_path(r"^problems/(?P<number>\d{1,18})/?$", problems.OneProblem.as_view(), name="problem"),
    re_path(rf"{ONE}/settle/?$", verbs.Settle.as_view(), name="settle"),
    re_path(rf"{ONE}/reopen/?$", verbs.Reopen.as_view(), name="reopen"),
    re_path(rf"{ONE}/wait/?$", verbs.WaitFor.as_view(), name="wait"),
    re_path(rf"{ONE}/resume/?$", verbs.Resume.as_view(), name="resume"),
    re_path(rf"{ONE}/escalate/?$", verbs.Escalate.as_view(), name="escalate"),
    re_path(rf"{ONE}/escalation/accept/?$", verbs.Accept.as_view(), name="accept"),
    re_path(rf"{ONE}/escalation/hand-back/?$", verbs.HandBack.as_view(), name="hand-back"),
    re_path(r"^customers/?$", customers.Customers.as_view(), name="customers"),
    re_path(r"^customers/(?P<pk>\d{1,18})/?$", customers.OneCustomer.as_view(), name="customer"),
    re_path(r"^articles/?$", articles.Articles.as_view(), name="articles"),
    re_path(r"^bills/?$", billing.Bills.as_view(), name="bills"),
    re_path(r"^payments/?$", billing.Payments.as_view(), name="payments"),
    re_path(r"^top-ups/?$", billing.TopUps.as_view(), name="top-ups"),
    re_path(r"^usage/?$", billing.UsageOfMonth.as_view(), name="usage"),
    re_path(r"^customers/(?P<customer>\d{1,18})/consents/?$", consents.Consents.as_view(), name="consents"),
    re_path(r"^calls/?$", calls.Calls.as_view(), name="calls"),
    re_path(r"^calls/(?P<call_id>[!-.0-~]{1,100})/events/?$", calls.CallEvents.as_view(), name="call-events"),
    re_path(r"^visits/?$", visits.Visits.as_view(), name="visits"),
    re_path(r"^visits/(?P<pk>\d{1,18})/?$", visits.OneVisit.as_view(), name="visit"),
    re_path(r"^visits/(?P<pk>\d{1,18})/events/?$", visits.VisitEvents.as_view(), name="visit-events"),
    re_path(r"^lines/?$", lines.Lines.as_view(), name="lines"),
    re_path(r"^lines/(?P<pk>\d{1,18})/?$", lines.OneLine.as_view(), name="line"),
    re_path(r"^lines/(?P<pk>\d{1,18})/state/?$", lines.LineState.as_view(), name="line-state"),
    re_path(r"^lines/(?P<pk>\d{1,18})/number/?$", lines.LineNumber.as_view(), name="line-number"),
    re_path(r"^lines/(?P<pk>\d{1,18})/registration/?$", lines.LineRegistration.as_view(), name="line-registration"),
    re_path(r"^service-orders/?$", orders.Orders.as_view(), name="orders"),
    re_path(r"^service-orders/(?P<pk>\d{1,18})/?$", orders.OneOrder.as_view(), name="order"),
]
