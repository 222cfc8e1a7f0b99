"""What this room holds on a customer (crm/customers/holdings.py)."""

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from crm.customers import holdings
from crm.customers.holdings import Person, Told, bearing, naming, rows
from crm.customers.models import ContactPoint
from social.models import Download, Post, PostImport, Profile, RefusedRow


def register() -> None:
    holdings.register("social", describe=describe, erase=erase)


def describe(person: Person) -> Told:
    return {
        "posts": rows(
            Post.objects.filter(customer__in=person.ids), "account__network", "account__handle", "external_id",
            "display", "at", "text", "reply_to", "state", "metrics",
        ),
        "profiles": rows(_profiles(person), "network", "external_id", "display", "name", "seen_at"),
    }  # fmt: skip


def _handles(person: Person) -> Q:
    """Of whom, on which network. None at all is nobody."""
    points = ContactPoint.objects.filter(customer__in=person.ids, kind=ContactPoint.Kind.HANDLE)
    found = Q(pk__in=[])
    for network, handle in points.values_list("network", "value"):
        found |= Q(network=network, handle=handle)
    return found


def _profiles(person: Person) -> QuerySet[Profile]:
    return Profile.objects.filter(_handles(person))


def erase(person: Person) -> list[str]:
    """A post stays as a count at its moment: in the reports of an archive and of a case."""
    handles = [handle for (handle,) in _profiles(person).values_list("handle")]
    points = ContactPoint.objects.filter(customer__in=person.ids, kind=ContactPoint.Kind.HANDLE)
    handles += points.values_list("value", flat=True)
    _profiles(person).delete()
    Download.objects.filter(interaction__customer__in=person.ids).delete()
    nobody = Concat(Value("erased-"), Cast(F("pk"), CharField()))
    to_them = Post.objects.filter(reply_to__in=handles, is_brand=True)
    to_them.update(reply_to="", text="")
    theirs = Post.objects.filter(Q(customer__in=person.ids) | Q(author__in=handles, is_brand=False))
    theirs.update(
        external_id=nobody, conversation=nobody, author=nobody, display=nobody, text="", reply_to="", parent="",
        metrics={},
    )  # fmt: skip
    bearing(RefusedRow.objects.all(), "raw", person).delete()
    ended = PostImport.objects.filter(state__in=[PostImport.State.DONE, PostImport.State.FAILED]).exclude(file="")
    files = naming(ended.values_list("file", flat=True), person)
    ended.filter(file__in=files).update(file="")
    return files
