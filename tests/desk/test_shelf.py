"""Saved views: a search under a name, one's own or shared, pinned among the queues with its live count."""

import pytest
from django.urls import reverse

from crm.cases import actions
from crm.cases.models import Case
from crm.desk.models import Pin, View
from crm.desk.shelf import pin_view, pinned, save_view
from crm.staff.models import Role
from tests.desk.conftest import HTMX
from tests.desk.test_pages import queries_of
from tests.people import a_case, a_member


def saved(owner, name="Urgent", sharing="own", team=None, **query) -> View:
    return save_view(by=owner, name=name, query={"queue": "all"} | query, sharing=sharing, team=team)


def save(client, **data):
    return client.post(reverse("desk:view-new"), {"sharing": "own", "pin": "on"} | data, headers=HTMX)


def names(client) -> list[str]:
    return [tab.name for tab in client.get("/desk/rows/?queue=all").context["tabs"] if tab.slug.startswith("view-")]


def test_a_search_is_saved_pinned_and_counted_among_the_queues(desk, case, sari):
    actions.edit_case(case=case, by=sari, priority="urgent")
    answer = save(desk, name="Mendesak", queue="all", priority="urgent", tag="", nonsense="x")
    view = View.objects.get()
    assert view.query == {"queue": "all", "priority": "urgent"}
    assert answer["HX-Redirect"] == f"/desk/?queue=all&priority=urgent&view={view.pk}"
    tab = desk.get("/desk/rows/?queue=mine").context["tabs"][-1]
    assert (tab.name, tab.count, tab.current) == ("Mendesak", "1", False)


def test_its_link_opens_it_and_leaves_the_queues_as_they_are(desk, case, sari):
    view = saved(sari, priority="urgent")
    pin_view(view=view, user=sari)
    context = desk.get(f"/desk/rows/?queue=all&priority=urgent&view={view.pk}").context
    assert [tab.slug for tab in context["tabs"] if tab.current] == [f"view-{view.pk}"]
    assert {tab.slug: tab.count for tab in context["tabs"]}["all"] == "1"
    assert not context["rows"]


def test_two_of_one_name_are_refused_and_the_first_stays(desk, sari):
    saved(sari, "Mendesak")
    answer = save(desk, name="Mendesak", queue="mine")
    assert answer.status_code == 422
    assert "You have a view of this name." in answer.content.decode()
    assert View.objects.get().query == {"queue": "all"}


def test_a_teams_view_is_its_teams_and_everybodys_everybodys(as_user, sari, joko, team):
    saved(sari, "Hanya saya")
    saved(sari, "Tim", "team", team)
    saved(sari, "Semua", "all")
    assert [view.name for view in View.objects.visible_to(joko)] == ["Semua"]
    assert len(View.objects.visible_to(a_member(teams=(team,)))) == 2


def test_nobody_shares_with_a_team_that_is_not_theirs(desk, joko):
    answer = save(desk, name="Tim lain", queue="all", sharing="team", team=joko.team_id)
    assert answer.status_code == 422
    assert not View.objects.exists()


def test_a_division_keeps_its_views_to_itself(as_user):
    client = as_user(a_member("Togar", Role.DIVISION))
    save(client, name="Kami", queue="all", sharing="all")
    assert View.objects.get().sharing == "own"


def test_somebody_elses_view_is_pinned_and_not_changed(as_user, sari, joko):
    view = saved(sari, "Semua", "all")
    client = as_user(joko)
    client.post(reverse("desk:view-arrange", args=[view.pk, "pin"]), headers=HTMX)
    assert names(client) == ["Semua"]
    assert client.post(reverse("desk:view", args=[view.pk]), {"name": "x", "sharing": "own"}).status_code == 404
    assert client.post(reverse("desk:view-delete", args=[view.pk])).status_code == 404
    assert View.objects.get().name == "Semua"


def test_what_is_no_longer_shared_leaves_the_queues_of_others(as_user, sari, joko):
    view = saved(sari, "Semua", "all")
    pin_view(view=view, user=joko)
    View.objects.update(sharing="own")
    assert pinned(joko) == []


def test_pins_are_put_in_order_and_taken_off(desk, sari):
    for name in ("Satu", "Dua", "Tiga"):
        pin_view(view=saved(sari, name), user=sari)
    desk.post(reverse("desk:view-arrange", args=[View.objects.get(name="Tiga").pk, "up"]), headers=HTMX)
    assert names(desk) == ["Satu", "Tiga", "Dua"]
    desk.post(reverse("desk:view-arrange", args=[View.objects.get(name="Satu").pk, "unpin"]), headers=HTMX)
    assert names(desk) == ["Tiga", "Dua"]


def test_deleting_is_undone_with_every_pin_in_its_place(desk, sari, joko):
    view = saved(sari, "Semua", "all")
    for user in (sari, joko):
        pin_view(view=view, user=user)
    answer = desk.post(reverse("desk:view-delete", args=[view.pk]), headers=HTMX)
    assert pinned(joko) == []
    undo = reverse("desk:view-restore", args=[view.pk])
    assert undo in answer.content.decode()
    desk.post(undo, headers=HTMX)
    assert pinned(joko) == [view]
    assert Pin.objects.count() == 2


def test_me_in_a_shared_view_is_whoever_reads_it(as_user, sari, team, case):
    dimas = a_member("Dimas Anggoro", teams=(team,))
    actions.assign_case(case=case, by=dimas, assignee=dimas)
    view = saved(sari, "Milik saya", "all", assignee="me")
    for user, many in ((sari, "0"), (dimas, "1")):
        pin_view(view=view, user=user)
        assert as_user(user).get("/desk/rows/").context["tabs"][-1].count == many


def test_views_cost_the_same_queries_however_many_there_are(desk, sari, case):
    pin_view(view=saved(sari, "Satu", category="1", team="1", assignee="me"), user=sari)
    few = queries_of(desk, "/desk/rows/?queue=all"), queries_of(desk, "/desk/views/", **HTMX)
    for number in range(8):
        pin_view(view=saved(sari, f"{number}", category="1", team="1", tag="haji"), user=sari)
    assert (queries_of(desk, "/desk/rows/?queue=all"), queries_of(desk, "/desk/views/", **HTMX)) == few


@pytest.mark.parametrize("sort", ["", "due", "new", "word", "tier", "nonsense"])
def test_every_order_is_paged_without_gap_or_double(desk, team, sort):
    for number in range(60):
        case = a_case(team=team)
        Case.objects.filter(pk=case.pk).update(tier=["", "gold", "platinum"][number % 3])
    Case.objects.filter(pk__in=Case.objects.values("pk")[:7]).update(due_at=None, last_message_at=None)
    seen, after = [], ""
    for _page in range(3):
        context = desk.get("/desk/rows/", {"queue": "all", "sort": sort, "after": after}).context
        seen += [row.case.pk for row in context["rows"]]
        after = context["after"]
    assert (len(seen), len(set(seen)), after) == (60, 60, "")


def test_the_highest_tier_stands_first_when_asked(desk, team):
    for tier in ("basic", "platinum", "gold"):
        Case.objects.filter(pk=a_case(team=team).pk).update(tier=tier)
    rows = desk.get("/desk/rows/?queue=all&sort=tier").context["rows"]
    assert [row.case.tier for row in rows] == ["platinum", "gold", "basic"]
