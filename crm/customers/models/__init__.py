"""One record for each customer of the whole operator, and the lines they hold."""

from crm.customers.models.consent import Consent, ConsentText, Purpose, Restriction
from crm.customers.models.contact import ContactPoint, Proof, Reveal
from crm.customers.models.customer import Address, Customer, Tier
from crm.customers.models.duplicate import Duplicate, Merge
from crm.customers.models.identity import Correction, IdentityDocument
from crm.customers.models.line import NumberChange, Product, ServiceOrder, Subscription
from crm.customers.models.name_word import NameWord
from crm.customers.models.quality import QualityDay
from crm.customers.models.region import Region
from crm.customers.models.rule import LineRule

__all__ = [
    "Address",
    "Consent",
    "ConsentText",
    "ContactPoint",
    "Correction",
    "Customer",
    "Duplicate",
    "IdentityDocument",
    "LineRule",
    "Merge",
    "NameWord",
    "NumberChange",
    "Product",
    "Proof",
    "Purpose",
    "QualityDay",
    "Region",
    "Restriction",
    "Reveal",
    "ServiceOrder",
    "Subscription",
    "Tier",
]
