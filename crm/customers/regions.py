"""The official list of regions: loaded from its file, chosen from, and what is not on it refused."""

import csv
import re
from collections.abc import Iterable
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from crm.customers.errors import BadAddress
from crm.customers.models import Region

CODE = re.compile(r"\d{2}(?:\.\d{2}(?:\.\d{2})?)?")


def is_loaded() -> bool:
    return Region.objects.exists()


def provinces() -> list[str]:
    return list(Region.objects.filter(beneath=None).values_list("name", flat=True))


def cities(province: str) -> list[str]:
    return list(Region.objects.filter(beneath__name=province, beneath__beneath=None).values_list("name", flat=True))


def districts(province: str, city: str) -> list[str]:
    found = Region.objects.filter(beneath__name=city, beneath__beneath__name=province)
    return list(found.values_list("name", flat=True))


def refuse_unlisted(*, province: str, city: str, district: str) -> None:
    """Raises BadAddress naming the field. Without a list everything is taken as it is written."""
    if not is_loaded():
        return
    if province not in provinces():
        raise BadAddress(_("Choose a province of the list."), "province")
    if city not in cities(province):
        raise BadAddress(_("Choose a city or regency of this province."), "city")
    if district and district not in districts(province, city):
        raise BadAddress(_("Choose a district of this city or regency."), "district")


def read_list(file: IO[str]) -> Iterable[tuple[str, str]]:
    """Rows of code and name, of a CSV with the columns `kode` and `nama`. Raises ValueError naming the row."""
    for number, row in enumerate(csv.DictReader(file), start=2):
        code, name = (row.get("kode") or "").strip(), (row.get("nama") or "").strip()
        if not CODE.fullmatch(code) or not name:
            raise ValueError(f"row {number}: kode {code!r}, nama {name!r}")
        yield code, name


@transaction.atomic
def load_regions(rows: Iterable[tuple[str, str]]) -> int:
    """The list as it is now: names that changed follow, codes that are gone go. Returns how many there are."""
    listed = {code: Region(code=code, name=name, beneath_id=code[:-3] or None) for code, name in rows}
    Region.objects.bulk_create(
        [listed[code] for code in sorted(listed, key=len)],
        update_conflicts=True, unique_fields=["code"], update_fields=["name", "beneath"], batch_size=2000,
    )  # fmt: skip
    Region.objects.exclude(pk__in=listed).delete()
    return len(listed)
