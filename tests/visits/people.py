"""The office, its people and its visitors."""

from crm.staff.models import Office
from crm.visits.actions import check_in
from tests.people import a_member


def an_office(code="dago", zone="Asia/Jakarta"):
    office, _new = Office.objects.get_or_create(
        code=code, defaults={"name": f"GraPARI {code.title()}", "region": "Bandung", "time_zone": zone}
    )
    return office


def a_clerk(name="Indah Kusuma", office=None, **fields):
    return a_member(name, office=office or an_office(), **{"language": "en"} | fields)


def a_visitor(office=None, **fields):
    return check_in(office=office or an_office(), **fields)[0]
