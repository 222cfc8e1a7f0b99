import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import translation

from crm.events.models import Event
from crm.staff import actions
from crm.staff.errors import LastAdministrator, NotYourself, RoleNotYours, TeamNotYours
from crm.staff.history import history_of
from crm.staff.models import Role, SignIn, SignInOutcome, User
from tests.connections import somebody_else, until_somebody_waits
from tests.people import a_member, a_team
from tests.staff.conftest import a_person, log_in, queries, signed_in

LIST = "/staff/people/"


def form_of(person: User, **changes: object) -> dict[str, object]:
    """What the page of a person posts."""
    fields = ["name", "email", "staff_number", "role", "time_zone", "capacity"]
    data = {field: getattr(person, field) or "" for field in fields}
    return data | {"teams": [t.pk for t in person.teams.all()], "is_active": "on"} | changes


def test_the_list_costs_the_same_for_two_and_for_fifty_people(supervisor, team):
    client = signed_in(supervisor)
    a_member(teams=(team,))
    few = queries(client, LIST)
    for _ in range(48):
        a_member(teams=(team,))
    assert queries(client, LIST) == few <= 16
    assert len(client.get(LIST).context["page"].object_list) == 50


def test_a_supervisor_sees_the_people_of_their_teams_an_administrator_everybody(supervisor, administrator, sari):
    stranger = a_member("Orang Lain", teams=(a_team("Call centre"),))
    seen = {who: set(signed_in(who).get(LIST).context["page"].object_list) for who in (supervisor, administrator)}
    assert seen == {supervisor: {supervisor, sari}, administrator: {supervisor, administrator, sari, stranger}}


@pytest.mark.parametrize("role", [Role.AGENT, Role.QUALITY, Role.DIVISION])
@pytest.mark.parametrize("path", [LIST, "/staff/sign-ins/", "/staff/shifts/", "/staff/people/invite/"])
def test_others_do_not_open_the_pages_of_people(db, role, path):
    assert signed_in(a_person("Orang Lain", role)).get(path).status_code == 403


@pytest.mark.parametrize("path", [LIST, "/staff/sign-ins/", "/staff/shifts/", "/staff/people/invite/", "/me/"])
def test_a_stranger_is_asked_to_sign_in(client, db, path):
    assert client.get(path)["Location"] == f"/login/?next={path}"


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=wulan", ["Sari Wulandari"]), ("q=TS-1042", ["Sari Wulandari"]), ("role=supervisor", ["Budi Santoso"]),
     ("state=closed", []), ("role=nonsense", ["Budi Santoso", "Sari Wulandari"])],
)  # fmt: skip
def test_the_list_narrows(supervisor, sari, query, found):
    page = signed_in(supervisor).get(f"{LIST}?{query}")
    assert [person.name for person in page.context["page"].object_list] == found


def test_a_locked_person_is_shown_as_locked(client, supervisor, sari):
    for _ in range(5):
        log_in(client, sari, "salah")
    people = signed_in(supervisor).get(LIST).context["page"].object_list
    assert [person.name for person in people if person.locked_until] == [sari.name]


def test_a_supervisor_changes_an_agent_of_their_team(supervisor, sari):
    response = signed_in(supervisor).post(f"{LIST}{sari.pk}/", form_of(sari, capacity=12, name="Sari W."))
    assert response.status_code == 302
    sari.refresh_from_db()
    assert (sari.capacity, sari.name) == (12, "Sari W.")
    (event,) = Event.objects.filter(kind="staff.changed")
    assert (event.actor_id, event.facts) == (supervisor.pk, {"fields": ["capacity", "name"]})


def test_saving_without_a_change_writes_nothing(supervisor, sari):
    signed_in(supervisor).post(f"{LIST}{sari.pk}/", form_of(sari))
    assert not Event.objects.exists()


def test_a_person_of_another_team_is_not_even_found(supervisor):
    stranger = a_member("Orang Lain", teams=(a_team("Call centre"),))
    client = signed_in(supervisor)
    assert client.get(f"{LIST}{stranger.pk}/").status_code == 404
    assert client.post(f"{LIST}{stranger.pk}/", form_of(stranger, name="X")).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.change_person(person=stranger, by=supervisor, name="X")
    assert User.objects.get(pk=stranger.pk).name == "Orang Lain"


def test_a_fellow_supervisor_is_read_and_not_changed(supervisor, team):
    fellow = a_member("Tono", Role.SUPERVISOR, teams=(team,))
    client = signed_in(supervisor)
    assert client.get(f"{LIST}{fellow.pk}/").context["form"] is None
    client.post(f"{LIST}{fellow.pk}/", form_of(fellow, name="X"))
    assert User.objects.get(pk=fellow.pk).name == "Tono"


@pytest.mark.parametrize("act", ["release", "sign-out", "second-step", "password"])
def test_nor_is_anything_done_to_a_fellow_supervisor(supervisor, team, act):
    fellow = a_member("Tono", Role.SUPERVISOR, teams=(team,))
    assert signed_in(supervisor).post(f"{LIST}{fellow.pk}/{act}/").status_code == 403
    assert not Event.objects.exists()


def test_a_supervisor_gives_no_wider_role(supervisor, sari):
    with pytest.raises(RoleNotYours):
        actions.change_person(person=sari, by=supervisor, role=Role.SUPERVISOR)
    signed_in(supervisor).post(f"{LIST}{sari.pk}/", form_of(sari, role="administrator"))
    assert User.objects.get(pk=sari.pk).role == Role.AGENT


def test_a_supervisor_moves_people_between_their_own_teams_only(supervisor, sari, team):
    second, foreign = a_team("Second desk"), a_team("Call centre")
    supervisor.teams.add(second)
    sari.teams.add(foreign)
    actions.change_person(person=sari, by=fresh(supervisor), teams=[second, foreign])
    assert set(sari.teams.all()) == {second, foreign}
    for teams in ([foreign], [second], [second, a_team("Fourth")]):
        with pytest.raises(TeamNotYours):
            actions.change_person(person=sari, by=fresh(supervisor), teams=teams)
    assert set(sari.teams.all()) == {second, foreign}


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_who_leaves_a_team_leaves_its_desk(administrator, sari):
    other = a_team("Call centre")
    actions.change_person(person=sari, by=administrator, teams=[other])
    sari.refresh_from_db()
    assert sari.team is None


def test_the_last_administrator_stays_one(administrator):
    for change in ({"role": Role.AGENT}, {"is_active": False}):
        with pytest.raises((LastAdministrator, NotYourself)):
            actions.change_person(person=administrator, by=administrator, **change)
    administrator.refresh_from_db()
    assert (administrator.role, administrator.is_active) == (Role.ADMINISTRATOR, True)


def test_nobody_closes_their_own_account(administrator):
    a_member(role=Role.ADMINISTRATOR)
    with pytest.raises(NotYourself):
        actions.change_person(person=administrator, by=administrator, is_active=False)
    assert fresh(administrator).is_active


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_demote_each_other_at_once_leave_one():
    first, second = a_member(role=Role.ADMINISTRATOR), a_member(role=Role.ADMINISTRATOR)
    with somebody_else() as does:
        with transaction.atomic():
            actions.change_person(person=second, by=first, role=Role.AGENT)
            later = does(actions.change_person, person=first, by=second, role=Role.AGENT)
            until_somebody_waits()
        with pytest.raises((LastAdministrator, PermissionDenied)):
            later.result()
    assert User.objects.filter(role=Role.ADMINISTRATOR).get() == first


def test_an_e_mail_that_somebody_has_is_refused(supervisor, sari, team):
    other = a_member("Tono", teams=(team,))
    page = signed_in(supervisor).post(f"{LIST}{sari.pk}/", form_of(sari, email=other.email.upper()))
    assert page.status_code == 200
    assert page.context["form"].errors
    assert fresh(sari).email == sari.email


@pytest.mark.parametrize("field", ["username", "email", "staff_number"])
def test_the_database_knows_no_capitals_in_names(sari, field):
    other = a_member()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=other.pk).update(**{field: getattr(sari, field).upper()})


def test_a_user_name_cannot_look_like_an_address(sari):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=sari.pk).update(username="budi@sapa.example")


def test_ending_sessions_signs_the_person_out(supervisor, sari):
    client = signed_in(sari)
    signed_in(supervisor).post(f"{LIST}{sari.pk}/sign-out/")
    assert client.get("/me/").status_code == 302


def test_the_history_says_who_changed_what_and_never_the_password(administrator, sari, team):
    other = a_team("Call centre")
    actions.change_person(person=sari, by=administrator, name="Sari W.", teams=[other])
    actions.change_password(user=fresh(sari), password="angin laut di Ambon")
    with translation.override("en"):
        told = [(e.by, e.what, [(c.name, c.before, c.after) for c in e.changes]) for e in history_of(sari)]
    assert ("Ratna Dewi", "", [("name", "Sari Wulandari", "Sari W.")]) in told
    assert ("Ratna Dewi", "", [("teams", "Social desk", "Call centre")]) in told
    assert not {f.name for f in sari.events.model._meta.fields} & {"password", "last_login"}


def test_the_history_is_for_administrators(supervisor, administrator, sari):
    pages = [signed_in(who).get(f"{LIST}{sari.pk}/") for who in (supervisor, administrator)]
    assert [page.context["history"] is None for page in pages] == [True, False]


def test_the_log_of_sign_ins_narrows_and_keeps_to_ones_people(client, supervisor, administrator, sari):
    log_in(client, "bukan.siapa", "salah")
    log_in(client, administrator, "salah")
    log_in(client, sari)
    read = signed_in(supervisor).get("/staff/sign-ins/")
    assert [attempt.user for attempt in read.context["page"].object_list] == [sari]
    read = signed_in(administrator).get("/staff/sign-ins/?outcome=failed")
    assert [attempt.user for attempt in read.context["page"].object_list] == [administrator, None]


def test_the_log_of_sign_ins_costs_the_same_for_any_number(supervisor, sari, team):
    reader, path = signed_in(supervisor), "/staff/sign-ins/"
    SignIn.objects.create(user=sari, outcome=SignInOutcome.OK)
    few = queries(reader, path)
    for _ in range(30):
        SignIn.objects.create(user=a_member(teams=(team,)), outcome=SignInOutcome.FAILED)
    assert queries(reader, path) == few <= 12
    assert len(reader.get(path).context["page"].object_list) == 31
