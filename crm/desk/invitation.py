"""From the public into a private message: what we write in public so that the customer goes on there (SOP 6)."""

from django.utils import translation
from django.utils.translation import gettext as _

from crm.customers.models import Customer
from crm.desk.composer import Road


def invitation(customer: Customer, road: Road) -> str:
    """In the customer's language, by name, with the network's link to a private message; the longest that fits."""
    link = road.adapter.private_link(account=road.account)
    with translation.override(customer.language):
        texts = [one.strip() for one in _texts({"name": called(customer, road), "link": link})]
    most = road.adapter.limit(is_public=True)
    fitting = [one for one in texts if most is None or road.adapter.measure(one) <= most]
    return fitting[0] if fitting else texts[-1]


def _texts(words: dict[str, str]) -> list[str]:
    """From the longest to the shortest."""
    return [
        _(
            "Hello %(name)s, thank you for writing to us. So that your data stay safe, let us go on in a direct"
            " message: please send us your number and what happened. %(link)s"
        )
        % words,
        _("Hello %(name)s, thank you. Please go on with us in a direct message, so that your data stay safe. %(link)s")
        % words,
        _("Hello %(name)s, please send us a direct message. %(link)s") % words,
    ]


def called(customer: Customer, road: Road) -> str:
    """In public: the title and one name where a name is known, else the handle, which everybody sees anyhow."""
    if not customer.name:
        return f"@{road.point.display or road.point.value}" if road.point else ""
    first = customer.name.split()[0]
    return f"{customer.honorific} {first}".strip() if customer.kind == Customer.Kind.PERSON else customer.name
