"""All cases of a customer, whichever team has them: a look at another team's is recorded when it is opened."""

from typing import Any

from crm.cases.models import Case
from crm.customers.models import Customer
from crm.desk.customer.paging import page_back
from crm.desk.rows import rows_of
from crm.desk.tense import Now
from crm.staff.guard import StaffRequest

SIZE = 25


def fetch(customer: Customer, request: StaffRequest) -> dict[str, Any]:
    theirs = Case.objects.filter(customer=customer).with_list_columns()
    found, after = page_back(theirs, "opened_at", request.GET.get("after", ""), SIZE)
    return {"rows": rows_of(found, Now.of(request)), "after": after, "is_first_page": not request.GET.get("after")}


def count(customer: Customer) -> int:
    return Case.objects.filter(customer=customer).count()
