"""What is doubtful about a paper, in words."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.customers import papers

WORDS: dict[str, Promise] = {
    papers.BIRTH: _("The NIK says another birth date than the record."),
    papers.SEX: _("The NIK says another sex than the record."),
    papers.PLACE: _("No such place of registration is known."),
    papers.CHECK: _("The check digit does not fit."),
}


def words_of(codes: Iterable[str]) -> list[str]:
    return [str(WORDS[code]) for code in codes if code in WORDS]
