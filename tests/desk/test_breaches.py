"""The pages of breaches: reviewing, asking, signing off, following up, why it came."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.cases import actions
from crm.cases.defaults import ensure_causes
from crm.cases.models import Breach, BreachQuestion, Cause, ReviewDraft, ReviewRule, SlaClock
from crm.desk.gantt import picture
from crm.desk.handlers import notify
from crm.desk.models import Notification
from crm.events.models import Event
from crm.staff.models import Role
from tests.desk.breaches import cause, in_a_week, late, many_late, reviewed, typed
from tests.desk.conftest import HTMX, text_of
from tests.desk.test_pages import queries_of
from tests.people import a_case, a_division, a_member


@pytest.fixture(autouse=True)
def causes(policy) -> None:
    ensure_causes()


@pytest.fixture
def breach(case, sari) -> Breach:
    return late(case, sari)


@pytest.fixture
def yosef():
    return a_member("Yosef Kurniawan", Role.ADMINISTRATOR)


@pytest.fixture
def togar():
    return a_member("Togar Simanjuntak", Role.DIVISION, division=a_division())


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_supervisor_signs_a_review_and_goes_on_to_the_next(as_user, ratna, sari, team, togar):
    other, breach = many_late(team, sari, 2)
    client = as_user(ratna)
    answer = client.post(reverse("desk:review", args=[breach.pk]), typed(action_owner=togar.pk))
    assert answer.url == f"/breaches/{other.pk}/?state=open"
    breach.refresh_from_db()
    assert (breach.reviewed_by, breach.cause_code, breach.action_owner, breach.state) == (ratna, cause(), togar, "sign")
    assert "Pelanggan 1" in page(client, "/breaches/?state=sign")


def test_a_review_that_lacks_something_keeps_every_word(as_user, ratna, breach):
    answer = as_user(ratna).post(reverse("desk:review", args=[breach.pk]), typed(cause_code="", action_owner=""))
    assert answer.status_code == 422
    assert "Piket siang ditambah." in answer.content.decode()
    assert Breach.objects.get().reviewed_at is None


def test_an_action_cannot_be_due_in_the_past(as_user, ratna, breach):
    day = timezone.localdate() - dt.timedelta(days=1)
    data = typed(action_owner=ratna.pk, action_due_on=str(day))
    assert "This day has passed" in as_user(ratna).post(reverse("desk:review", args=[breach.pk]), data).content.decode()


def test_what_is_typed_is_there_after_a_reload_and_shown_to_nobody_else_as_theirs(as_user, ratna, breach, team):
    hendro = a_member("Hendro Wibisono", Role.SUPERVISOR, teams=(team,))
    client = as_user(ratna)
    kept = client.post(reverse("desk:review-draft", args=[breach.pk]), typed(cause="Sif berganti."))
    assert "Draft kept" in kept.content.decode()
    assert "Sif berganti." in page(client, f"/breaches/{breach.pk}/")
    theirs = page(as_user(hendro), f"/breaches/{breach.pk}/")
    assert "has been writing this review" in theirs
    assert "Sif berganti." not in theirs


def test_an_untouched_form_is_no_draft(as_user, ratna, breach):
    data = dict.fromkeys(typed(), "") | {"excusable": "no"}
    as_user(ratna).post(reverse("desk:review-draft", args=[breach.pk]), data)
    assert not ReviewDraft.objects.exists()


def test_a_draft_of_what_another_has_signed_says_so(as_user, ratna, breach, team):
    reviewed(breach, a_member("Hendro Wibisono", Role.SUPERVISOR, teams=(team,)))
    answer = as_user(ratna).post(reverse("desk:review-draft", args=[breach.pk]), typed())
    assert (answer.status_code, ReviewDraft.objects.count()) == (409, 0)
    assert "already been reviewed" in answer.content.decode()


def test_the_administrator_signs_off_and_the_reviewer_cannot(as_user, ratna, breach, yosef):
    reviewed(breach, ratna)
    as_user(ratna).post(reverse("desk:review-sign", args=[breach.pk]))
    assert Breach.objects.get().signed_by is None
    assert "Somebody else signs it off" in page(as_user(ratna), f"/breaches/{breach.pk}/?state=sign")
    client = as_user(yosef)
    assert "Sign off and next" in page(client, f"/breaches/{breach.pk}/?state=sign")
    client.post(reverse("desk:review-sign", args=[breach.pk]))
    assert Breach.objects.get().signed_by == yosef


@pytest.mark.parametrize(
    "view", ["review-sign", "review-send-back", "review", "review-ask", "review-draft", "action-move"]
)
def test_service_quality_reads_breaches_and_changes_none(as_user, ratna, breach, view):
    reviewed(breach, ratna)
    before = Breach.objects.values().get()
    client = as_user(a_member("Bagas", Role.QUALITY))
    assert "Rina Maharani" in page(client, "/breaches/?state=all")
    data = typed(question="?", text="?", to=ratna.pk)
    assert client.post(reverse(f"desk:{view}", args=[breach.pk]), data).status_code == 403
    assert Breach.objects.values().get() == before


def test_an_administrator_reviews_nothing(as_user, breach, yosef):
    assert as_user(yosef).post(reverse("desk:review", args=[breach.pk]), typed()).status_code == 403


def test_another_teams_supervisor_does_not_find_the_breach(as_user, joko, breach):
    client = as_user(a_member("Hendro", Role.SUPERVISOR, teams=(joko.team,)))
    assert "Rina" not in page(client, "/breaches/?state=all")
    for view in ("breach", "review-ask", "review-send-back"):
        assert client.get(reverse(f"desk:{view}", args=[breach.pk])).status_code == 404


def test_a_review_goes_back_with_a_question(as_user, ratna, breach, yosef):
    reviewed(breach, ratna)
    as_user(yosef).post(reverse("desk:review-send-back", args=[breach.pk]), {"question": "Sudah dikabari?"})
    shown = page(as_user(ratna), f"/breaches/{breach.pk}/?state=begun")
    assert "Sudah dikabari?" in shown
    assert "Antrean tidak terlihat." in shown


def test_the_agent_is_told_writes_an_account_and_the_reviewer_reads_it(as_user, ratna, sari, breach):
    data = {"to": sari.pk, "text": "Apa yang terjadi?"}
    as_user(ratna).post(reverse("desk:review-ask", args=[breach.pk]), data)
    notify(Event.objects.get(kind="breach.asked"))
    bell = Notification.objects.get(user=sari)
    client = as_user(sari)
    assert client.get(reverse("desk:notification", args=[bell.pk])).url == "/actions/"
    assert "Apa yang terjadi?" in page(client, "/actions/")
    asked = BreachQuestion.objects.get()
    client.post(reverse("desk:account", args=[asked.pk]), {"text": "Saya di panggilan lain."})
    notify(Event.objects.get(kind="breach.account_given"))
    assert Notification.objects.get(user=ratna).kind == "review"
    assert "Saya di panggilan lain." in page(as_user(ratna), f"/breaches/{breach.pk}/")


def test_nobody_writes_somebody_elses_account(as_user, ratna, sari, joko, breach):
    asked = actions.ask_account(breach=breach, to=sari, text="?", by=ratna)
    for person in (joko, ratna):
        assert as_user(person).post(reverse("desk:account", args=[asked.pk]), {"text": "x"}).status_code == 404
    assert BreachQuestion.objects.get().answer == ""


def test_a_division_does_its_action_although_it_does_not_see_the_case(as_user, ratna, breach, togar):
    reviewed(breach, ratna, owner=togar)
    notify(Event.objects.get(kind="breach.reviewed"))
    assert Notification.objects.get(user=togar).url == "/actions/"
    client = as_user(togar)
    assert "Piket siang ditambah." in page(client, "/actions/")
    client.post(reverse("desk:action-done", args=[breach.pk]), {"note": "Sudah diatur."})
    assert Breach.objects.get().action_note == "Sudah diatur."
    notify(Event.objects.get(kind="breach.action_done"))
    assert Notification.objects.filter(user=ratna, kind="review").count() == 1


def test_a_colleague_does_not_say_done_for_another(as_user, ratna, joko, breach, togar):
    reviewed(breach, ratna, owner=togar)
    said = {"note": "Sudah."}
    assert as_user(joko).post(reverse("desk:action-done", args=[breach.pk]), said).status_code == 404
    quality = a_member("Bagas", Role.QUALITY)
    assert as_user(quality).post(reverse("desk:action-done", args=[breach.pk]), said).status_code == 403
    assert Breach.objects.get().action_done_at is None


def test_open_overdue_and_done_actions_stand_in_their_lists(as_user, ratna, sari, team, togar):
    now, past, done = many_late(team, sari, 3)
    for breach in (now, past, done):
        reviewed(breach, ratna, owner=togar)
    Breach.objects.filter(pk=past.pk).update(action_due_on=timezone.localdate() - dt.timedelta(days=1))
    actions.finish_action(breach=done, note="Sudah.", by=togar)
    client = as_user(ratna)
    for state, there in (("open", {now, past}), ("late", {past}), ("done", {done})):
        assert set(client.get(f"/breaches/actions/?state={state}").context["rows"]) == there
    assert len(client.get(f"/breaches/actions/?owner={togar.pk}&team={team.pk}").context["rows"]) == 2
    assert now.number in text_of(client.get("/breaches/actions.csv"))


def test_an_action_moves_to_somebody_else(as_user, ratna, breach, togar, sari):
    reviewed(breach, ratna, owner=togar)
    data = {"owner": sari.pk, "due_on": str(in_a_week())}
    as_user(ratna).post(reverse("desk:action-move", args=[breach.pk]), data)
    assert Breach.objects.get().action_owner == sari


def test_signers_hear_of_it_once_until_they_have_looked(ratna, sari, team, yosef):
    for breach in many_late(team, sari, 2):
        reviewed(breach, ratna)
    for event in Event.objects.filter(kind="breach.reviewed"):
        notify(event)
    assert Notification.objects.filter(user=yosef, kind="review").count() == 1


def test_a_withdrawn_breach_leaves_the_list(as_user, ratna, breach):
    Breach.objects.update(withdrawn_at=timezone.now())
    client = as_user(ratna)
    assert "No breach fits here" in page(client, "/breaches/?state=all")
    assert client.get(f"/breaches/{breach.pk}/").status_code == 404


def test_filters_narrow_the_list_the_counts_and_the_file(as_user, ratna, sari, team):
    first, second, excused = many_late(team, sari, 3)
    reviewed(first, ratna, code=cause("A1"))
    reviewed(excused, ratna, code=cause("A3"), excusable=True, excuse="Padam.")
    client = as_user(ratna)

    def found(query: str) -> set:
        return set(client.get(f"/breaches/?state=all&{query}").context["rows"])

    assert found(f"cause={cause('A1').pk}") == {first}
    assert found("excusable=1") == {excused}
    assert found("excusable=0") == {first}
    assert found(f"team={team.pk}&kind=response&channel=call") == {first, second, excused}
    assert found("kind=resolution") == set()
    assert found("division=none") == {first, second, excused}
    assert found("since=2020-01-01&until=2020-02-01") == set()
    assert client.get("/breaches/?state=all&excusable=1").context["tabs"][-1][2] == "1"
    file = text_of(client.get("/breaches/export.csv?state=all&excusable=1"))
    assert (file.count("B-"), "Padam." in file, "4471" in file) == (1, True, False)


def test_a_draft_is_no_review_in_the_file(as_user, ratna, sari, team, yosef):
    (breach,) = many_late(team, sari, 1)
    reviewed(breach, ratna)
    actions.send_back_review(breach=breach, question="?", by=yosef)
    assert "Antrean tidak terlihat." not in text_of(as_user(ratna).get("/breaches/export.csv?state=all"))


def test_the_list_goes_on_by_keyset(as_user, ratna, sari, team, monkeypatch):
    monkeypatch.setattr("crm.desk.breaches.PAGE", 2)
    made = many_late(team, sari, 3)
    client = as_user(ratna)
    first = client.get("/breaches/").context
    rest = client.get("/breaches/", {"before": first["older"]}).context
    assert [*first["rows"], *rest["rows"]] == sorted(made, key=lambda one: one.due_at, reverse=True)
    assert rest["older"] == ""


@pytest.mark.parametrize(
    "path", ["/breaches/?state=all", "/breaches/causes/?split=category", "/breaches/actions/", "/actions/"]
)
def test_a_page_costs_the_same_with_three_and_with_thirty(as_user, ratna, sari, team, path):
    for breach in many_late(team, sari, 3):
        reviewed(breach, ratna)
    client = as_user(ratna)
    few = queries_of(client, path)
    for breach in many_late(team, sari, 12):
        reviewed(breach, ratna)
    assert queries_of(client, path) == few


def test_the_pareto_leads_to_the_breaches_of_each_bar(as_user, ratna, sari, team):
    first, _second = many_late(team, sari, 2)
    reviewed(first, ratna)
    client = as_user(ratna)
    shown = client.get("/breaches/causes/?split=hour").context
    (row,) = shown["causes"].rows
    assert (row.count, shown["causes"].unreviewed) == (1, 1)
    assert set(client.get(row.url).context["rows"]) == {first}
    (group,) = shown["groups"]
    assert set(client.get(group.url).context["rows"]) == {first}
    assert set(client.get(group.cells[0][1]).context["rows"]) == {first}
    assert "Not seen in the queue" in text_of(client.get("/breaches/causes.csv?split=week"))


def test_a_reviewed_breach_of_before_has_no_code_and_stands_in_the_pareto(as_user, ratna, breach):
    Breach.objects.update(reviewed_by=ratna, reviewed_at=timezone.now(), cause="Antre")
    client = as_user(ratna)
    (row,) = client.get("/breaches/causes/").context["causes"].rows
    assert (row.name, list(client.get(row.url).context["rows"])) == ("Without a code", [breach])


def test_causes_are_added_renamed_moved_and_switched_off_and_the_history_says_by_whom(as_user, ratna):
    client = as_user(ratna)
    client.post("/settings/causes/", {"code": "B1", "name": "Cuaca", "name_en": "Weather"})
    made = Cause.objects.get(code="B1")
    client.post(reverse("desk:cause", args=[made.pk]), {"name": "Cuaca buruk", "name_en": "Bad weather"})
    client.post(reverse("desk:cause-move", args=[made.pk]), {"way": "up"})
    client.post(reverse("desk:cause-switch", args=[made.pk]))
    assert [one.code for one in Cause.objects.all()][-2] == "B1"
    shown = page(client, "/settings/causes/")
    assert "Weather → Bad weather" in shown
    assert "switched off" in shown


def test_a_code_is_given_once(as_user, ratna):
    answer = as_user(ratna).post("/settings/causes/", {"code": "A1", "name": "x", "name_en": "x"})
    assert answer.status_code == 422


def test_a_cause_switched_off_is_not_offered_any_more(as_user, ratna, breach):
    actions.change_cause(cause=cause("A1"), by=ratna, is_active=False)
    answer = as_user(ratna).post(reverse("desk:review", args=[breach.pk]), typed(action_owner=ratna.pk))
    assert answer.status_code == 422


def test_the_days_of_a_review_are_set(as_user, ratna):
    client = as_user(ratna)
    client.post("/settings/causes/days/", {"days": "7"})
    assert client.post("/settings/causes/days/", {"days": "0"}).status_code == 422
    assert ReviewRule.objects.get().days == 7


@pytest.mark.parametrize(
    "path", ["/settings/causes/", "/breaches/causes/", "/breaches/actions/", "/breaches/actions.csv"]
)
def test_agents_have_no_business_there(as_user, sari, path):
    assert as_user(sari).get(path).status_code == 403


def test_the_picture_shows_who_held_it_and_the_customers_time_apart(case, sari):
    now = timezone.now()
    start = now - dt.timedelta(hours=10)
    case.holdings.update(since=start)
    SlaClock.objects.filter(case=case, kind="resolution").update(started_at=start, due_at=now - dt.timedelta(hours=2))
    clock = SlaClock.objects.get(case=case, kind="resolution")
    waited = [
        Event(kind="case.waiting", at=start + dt.timedelta(hours=2), facts={"waiting_for": "customer"}),
        Event(kind="case.contacted", at=start + dt.timedelta(hours=5), facts={"direction": "in"}),
    ]
    shown = picture(clock, waited, [], now)
    team, customer = shown.rows
    assert [(row.waits, round(row.seconds / 3600)) for row in shown.rows] == [(False, 7), (True, 3)]
    assert [(round(bar.x), round(bar.width), bar.tone) for bar in team.bars] == [
        (0, 20, "held"), (50, 30, "held"), (80, 20, "late"),
    ]  # fmt: skip
    assert [(round(bar.x), round(bar.width), bar.tone) for bar in customer.bars] == [(20, 30, "wait")]
    assert (round(shown.deadline.x), team.is_worst) == (80, True)


def test_dialogs_open_in_the_page(as_user, ratna, breach):
    client = as_user(ratna)
    shown = client.get(reverse("desk:review-ask", args=[breach.pk]), headers=HTMX).content.decode()
    assert "sheet-title" in shown
    assert "<!doctype html>" not in shown


def test_a_review_names_the_problem_of_its_case_with_all_its_cases(as_user, ratna, sari, team):
    case, other = a_case(team=team), a_case(team=team)
    breach = late(case, sari)
    known = actions.open_problem(title="Dago", place="Dago", by=ratna, cases=[case, other])
    page = as_user(ratna).get(f"/breaches/{breach.pk}/").content.decode()
    assert f"Problem P-{known.number}, 2 cases" in page
