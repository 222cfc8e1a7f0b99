"""Records that somebody has looked after: birth dates, hobbies, addresses, papers; over a week, judged each night."""

import datetime as dt
import random

from crm.customers.addressing import save_address
from crm.customers.correcting import report_bounce
from crm.customers.editing import edit_customer
from crm.customers.identifying import save_paper
from crm.customers.judging import judge_day
from crm.customers.models import ContactPoint, Customer
from crm.customers.regions import load_regions
from crm.demo.customers import NAMES, Somebody
from crm.demo.people import Cast

# Where the demo's customers live: province, city, its code, some districts with a post code. Not the whole list.
PLACES: dict[str, tuple[str, str, str, tuple[tuple[str, str, str], ...]]] = {
    "Bandung": (
        "Jawa Barat", "Kota Bandung", "32.73",
        (("02", "Coblong", "40132"), ("20", "Antapani", "40291"), ("22", "Buahbatu", "40286")),
    ),
    "Makassar": (
        "Sulawesi Selatan", "Kota Makassar", "73.71", (("09", "Panakkukang", "90231"), ("13", "Rappocini", "90222"))
    ),
    "Surabaya": (
        "Jawa Timur", "Kota Surabaya", "35.78", (("03", "Rungkut", "60293"), ("04", "Wonokromo", "60243"))
    ),
    "Semarang": (
        "Jawa Tengah", "Kota Semarang", "33.74", (("10", "Tembalang", "50275"), ("11", "Banyumanik", "50263"))
    ),
    "Yogyakarta": ("Daerah Istimewa Yogyakarta", "Kota Yogyakarta", "34.71", (("13", "Umbulharjo", "55161"),)),
    "Medan": (
        "Sumatera Utara", "Kota Medan", "12.71", (("03", "Medan Helvetia", "20124"), ("11", "Medan Johor", "20143"))
    ),
    "Denpasar": ("Bali", "Kota Denpasar", "51.71", (("01", "Denpasar Selatan", "80225"),)),
}  # fmt: skip
HOBBIES = ("memasak", "sepak bola", "fotografi", "bersepeda", "musik", "membaca", "memancing", "bulu tangkis", "gim")
CHANNELS = ("sms", "call", "email")
DAYS, EACH_DAY, BOUNCES = 7, 7, 3
WOMAN = 40


def look_after(cast: Cast, people: list[Somebody], rng: random.Random, now: dt.datetime) -> None:
    load_regions(sorted(_regions().items()))
    known = [one.customer for one in people if one.customer.kind == "person" and one.customer.city in PLACES]
    chosen = Customer.objects.filter(pk__in=[one.pk for one in known], birth_date=None, absorbed_into=None)
    waiting = iter(chosen.exclude(name="").order_by("pk"))
    for day in range(DAYS, 0, -1):
        at = now - dt.timedelta(days=day)
        for number, customer in zip(range(EACH_DAY), waiting, strict=False):
            _look_after(customer, cast, rng, at=at - dt.timedelta(minutes=11 * number), wrong=number == 0)
        judge_day(at.date(), at=at)
    _bounce(now)
    judge_day(now.date(), at=now)


def _regions() -> dict[str, str]:
    listed: dict[str, str] = {}
    for province, city, code, districts in PLACES.values():
        listed |= {code[:2]: province, code: city}
        listed |= {f"{code}.{number}": name for number, name, _post_code in districts}
    return listed


def _look_after(customer: Customer, cast: Cast, rng: random.Random, *, at: dt.datetime, wrong: bool) -> None:
    """As at a counter: what they say of themselves, where they live, the card they show. `wrong`: it disagrees."""
    by = cast.users[rng.choice(("sari", "bagas"))]
    born = dt.date(rng.randint(1962, 2005), rng.randint(1, 12), rng.randint(1, 28))
    sex = "female" if customer.honorific == "Ibu" else "male"
    hobbies = rng.sample(HOBBIES, rng.randint(1, 3))
    changes = {
        "birth_date": born,
        "sex": sex,
        "hobbies": hobbies,
        "preferred_channel": rng.choice(("sms", "call", "email")),
    }
    edit_customer(customer=customer, changes=changes, by=by, at=at)
    province, city, code, districts = PLACES[customer.city]
    number, district, post_code = rng.choice(districts)
    lines = {
        "street": f"{rng.choice(NAMES['streets'])} {rng.randint(1, 140)}", "rt": str(rng.randint(1, 12)),
        "rw": str(rng.randint(1, 18)), "district": district, "city": city, "province": province,
        "post_code": "" if wrong else post_code,
    }  # fmt: skip
    save_address(customer=customer, kind="home", lines=lines, by=by, at=at)
    day = born.day + (WOMAN if (sex == "female") is not wrong else 0)
    nik = f"{code}.{number}".replace(".", "") + f"{day:02}{born:%m%y}{rng.randint(1, 9999):04}"
    save_paper(customer=customer, kind="nik", number=nik, by=by, at=at)


def _bounce(now: dt.datetime) -> None:
    points = ContactPoint.objects.filter(kind=ContactPoint.Kind.EMAIL, customer__absorbed_into=None).order_by("pk")
    for point in points.select_related("customer")[:BOUNCES]:
        report_bounce(customer=point.customer, recipient=point.value, at=now - dt.timedelta(hours=3))
