"""Papers beside what the record says now."""

from crm.customers.models import Customer
from crm.customers.papers import doubts, read_paper
from crm.lib.sealed import unseal


def recheck_papers(customer: Customer) -> None:
    """After a birth date or sex changed. The caller has locked the record."""
    for paper in customer.documents.all():
        read = read_paper(paper.kind, unseal(paper.sealed)["number"])
        paper.warnings = doubts(read, birth_date=customer.birth_date, sex=customer.sex)
        paper.save(update_fields=["warnings"])
