"""The written forms of a contact: what identifies one, before any customer is looked up. Pure."""

from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from crm.customers.errors import BadContact
from crm.lib.msisdn import BadNumber, normalise

HANDLE_MAX = 100


class Contact(NamedTuple):
    kind: str
    network: str
    value: str
    display: str


def read_contacts(*, msisdn: str, email: str, handle: str, network: str) -> list[Contact]:
    """What was given, surest first: a number is the network's word, a handle only a claim. Raises BadContact."""
    contacts = []
    if msisdn.strip():
        contacts.append(read_msisdn(msisdn))
    if email.strip():
        contacts.append(read_email(email))
    if handle.strip():
        contacts.append(read_handle(handle, network))
    if not contacts:
        raise BadContact("msisdn", _("Give a number, an e-mail address or a handle."))
    return contacts


def read_msisdn(text: str) -> Contact:
    try:
        return Contact("msisdn", "", normalise(text), "")
    except BadNumber as error:
        raise BadContact("msisdn", str(error)) from error


def read_email(text: str) -> Contact:
    address = text.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise BadContact("email", _("This is not an e-mail address.")) from error
    return Contact("email", "", address.lower(), address)


def read_handle(text: str, network: str) -> Contact:
    """Networks compare handles without case; the display keeps the owner's writing."""
    name = text.strip().removeprefix("@")
    if not name or len(name) > HANDLE_MAX or any(letter.isspace() for letter in name):
        raise BadContact("handle", _("A handle is one word, such as @name."))
    if not network:
        raise BadContact("network", _("Say on which network this handle is."))
    return Contact("handle", network, name.lower(), name)
