"""The operator's products as a new installation knows them (domain.md §1)."""

from crm.customers.models import Product

# Code, postpaid, technology.
DEFAULTS = (
    ("kartuHALO", True, Product.Technology.MOBILE),
    ("simPATI", False, Product.Technology.MOBILE),
    ("KartuAS", False, Product.Technology.MOBILE),
    ("Flexi Classy", True, Product.Technology.FIXED_WIRELESS),
    ("Flexi Trendy", False, Product.Technology.FIXED_WIRELESS),
    ("POTS", True, Product.Technology.FIXED),
    ("Speedy", True, Product.Technology.INTERNET),
)


def ensure_products() -> None:
    """Those that are missing; what somebody changed stays as it is."""
    rows = [
        Product(code=code, postpaid=postpaid, technology=technology, position=place)
        for place, (code, postpaid, technology) in enumerate(DEFAULTS, start=1)
    ]
    Product.objects.bulk_create(rows, ignore_conflicts=True)
