"""A proposal in words: what gathered, why these, when they came, and to what known problem they may belong."""

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.cases.models import Case, Problem
from crm.desk.problems import Sight
from crm.desk.rows import handles_of
from crm.staff.models import User
from crm.timeline.models import Direction, Interaction

SHOWN = 200  # of a gathering's cases; a day's flood of one fault is decided on its first ones
WORDS, HALF = 4, 0.4
WORD = re.compile(r"[^\W\d_]{4,}")
# Said in every message and telling nothing.
EMPTY = frozenset(
    """
    yang untuk dengan dari saya kami kita anda mohon tolong bisa tidak sudah belum masih sejak pagi siang malam kemarin
    halo selamat terima kasih makasih admin sapa_care ada juga kalau karena atau akan saat hari jadi lagi banget kenapa
    bagaimana kapan dimana hormat pelanggan kepada nomor this that with from have please hello thank thanks since your
    cannot could would there what when where been dear team customer
    """.split()  # noqa: SIM905  as a list it would be a page long
)
HOURLY = dt.timedelta(hours=26)


@dataclass(frozen=True)
class Alike:
    case: Case
    name: str
    said: str
    is_seen: bool


@dataclass(frozen=True)
class Bar:
    """Drawn upwards on a ground of 40."""

    x: int
    height: int

    @property
    def y(self) -> int:
        return 40 - self.height


@dataclass(frozen=True)
class Proposal:
    problem: Problem
    user: User

    @cached_property
    def cases(self) -> list[Case]:
        """Those that hang on nothing yet, in the order in which they came."""
        found = Case.objects.filter(pk__in=self.problem.alike, hangs_on__isnull=True, closed_at__isnull=True)
        return list(found.with_list_columns().order_by("opened_at", "pk")[:SHOWN])

    @cached_property
    def said(self) -> dict[int, str]:
        """The customer's first words in each."""
        first = Interaction.objects.filter(in_case__case__in=self.cases, direction=Direction.IN)
        rows = first.order_by("in_case__case", "at", "pk").distinct("in_case__case")
        return dict(rows.values_list("in_case__case", "text"))

    @cached_property
    def rows(self) -> list[Alike]:
        sight = Sight.over(self.cases, self.user)
        handles = handles_of(case.customer_id for case in self.cases if not case.customer.name)
        return [
            Alike(case, case.customer.name or handles.get(case.customer_id, ""), self.said.get(case.pk, "")[:160],
                  case.pk in sight.seen)
            for case in self.cases
        ]  # fmt: skip

    @property
    def is_repeated(self) -> bool:
        return "repeated" in self.problem.why

    @property
    def title(self) -> str:
        number, place = len(self.cases), self.problem.place or _("several places")
        if self.is_repeated:
            said = ngettext(
                "%(number)s complaint of one customer, %(place)s: one problem?",
                "%(number)s complaints of one customer, %(place)s: one problem?",
                number,
            )
        else:
            said = ngettext(
                "%(number)s similar case, %(place)s: one problem?",
                "%(number)s similar cases, %(place)s: one problem?",
                number,
            )
        return said % {"number": number, "place": place}

    @cached_property
    def words(self) -> list[str]:
        """Words that two fifths of them share, the commonest first."""
        empty = EMPTY | set(WORD.findall(self.problem.place.lower()))
        counted = Counter(word for text in self.said.values() for word in set(WORD.findall(text.lower())) - empty)
        needed = max(2, HALF * len(self.said))
        return [word for word, number in counted.most_common(WORDS) if number >= needed]

    @cached_property
    def places(self) -> tuple[str, int]:
        """The place most of them name, and how many."""
        named = [(case.place or case.customer.city).strip() for case in self.cases]
        counted = Counter(place.lower() for place in named if place)
        if not counted:
            return "", 0
        place, number = counted.most_common(1)[0]
        return next(one for one in named if one.lower() == place), number

    @property
    def usual(self) -> str:
        """How many a day are usual, e.g. '0,4'; empty where it was not asked."""
        found = next((code for code in self.problem.why if code.startswith("usual:")), "")
        number = float(found.partition(":")[2] or 0)
        return number_format(number, 1 if 0.05 <= number < 10 else 0) if found else ""

    @cached_property
    def began(self) -> dt.datetime:
        return min((case.opened_at for case in self.cases), default=self.problem.since)

    @cached_property
    def step(self) -> dt.timedelta:
        """What a bar stands for: an hour, or a day where they came over a longer time."""
        return dt.timedelta(hours=1) if timezone.now() - self.began <= HOURLY else dt.timedelta(days=1)

    @cached_property
    def bars(self) -> list[Bar]:
        """When they came: a bar an hour (or a day) on a ground of 40 by 12 a bar."""
        counts = Counter((case.opened_at - self.began) // self.step for case in self.cases)
        number = max(int((timezone.now() - self.began) / self.step) + 1, 6)
        most = max(counts.values(), default=1)
        return [Bar(12 * n, max(2, 38 * counts[n] // most)) for n in range(number)]

    @property
    def width(self) -> int:
        return 12 * len(self.bars)

    @cached_property
    def known(self) -> list[Problem]:
        """Open problems of this place or this category that they may belong to."""
        category = self.problem.category
        near = Q(place__iexact=self.problem.place) if self.problem.place else Q(pk=None)
        if category is not None:
            near |= Q(category=category) | Q(category__parent=category) | Q(category=category.parent_id or 0)
        found = Problem.objects.filter(near, state=Problem.State.OPEN).annotate(total=Count("hanging"))
        return list(found.select_related("category").order_by("-opened_at")[:3])
