"""A stage in a new version: by its form, refused with the place, never over somebody else's change."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from caring.conditions import BadRule
from caring.editing import check_schedule, save_version
from caring.errors import BadText, CannotSave, StaleVersion
from caring.models import Stage, StageVersion
from caring.texts import check_text, check_texts, fields_for
from crm.events.models import Event
from crm.staff.models import Role
from tests.caring.people import TODAY, a_bill, a_subscriber, night, tasks_of
from tests.people import a_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("programme")]
DAY = dt.timedelta(days=1)


@pytest.fixture
def ratna():
    return a_member("Ratna Kusumaningrum", role=Role.SUPERVISOR)


@pytest.fixture
def ratnas(ratna):
    client = Client(headers={"accept-language": "en"})
    client.force_login(ratna)
    return client


def stage(number=12):
    return Stage.objects.select_related("version").get(pk=number)


def asked(number=12, **changes):
    version = stage(number).version
    names = ("rule", "channels", "due_hours", "attempts", "pause_hours", "points", "texts")
    return {name: getattr(version, name) for name in names} | {"seen": version.number, "why": "Uji coba"} | changes


def form_of(client, number=12):
    """What the browser would send, as the page stands."""
    context = client.get(f"/caring/stages/{number}/edit/").context
    sent = {field.html_name: field.value() for field in context["form"] if field.value() is not None}
    for way in context["ways"]:
        sent[f"{way.uid}-source"] = way.source
        for row in way.rows:
            sent[f"{row.uid}-field"], sent[f"{row.uid}-op"] = row.code, row.op
            sent[f"{row.uid}-value"] = row.value if isinstance(row.value, list) else row.text
        for place, channel in enumerate(way.own):
            sent[f"{way.uid}-channel{place}"] = channel
    return sent | {"why": "Uji coba"}


def test_a_change_is_a_new_version_and_holds_for_new_tasks(ratna):
    a_bill(a_subscriber(), due=TODAY + DAY)
    night()
    saved = save_version(stage=stage(), by=ratna, **asked(due_hours=48))
    a_bill(a_subscriber(), due=TODAY + DAY)
    night(timezone.now() + DAY)
    assert [task.version.number for task in tasks_of(12)] == [1, 2]
    assert (stage().version, saved.by, saved.why) == (saved, ratna, "Uji coba")
    event = Event.objects.get(kind="caring.stage_changed")
    assert event.facts["fields"] == ["due_hours"]


def test_a_version_that_is_no_longer_in_force_is_not_written_over(ratna):
    save_version(stage=stage(), by=ratna, **asked(due_hours=48))
    with pytest.raises(StaleVersion):
        save_version(stage=stage(), by=ratna, **asked(due_hours=72, seen=1))
    assert (stage().version.number, stage().version.due_hours) == (2, 48)


@pytest.mark.parametrize(
    ("number", "changes", "field"),
    [
        (12, {"why": " "}, "why"),
        (12, {"channels": []}, "channels"),
        (12, {"channels": ["sms", "sms"]}, "channels"),
        (12, {"channels": ["form"]}, "channels"),
        (12, {"channels": ["same"]}, "channels"),
        (19, {"channels": ["call"]}, "channels"),
        (12, {"attempts": 4, "pause_hours": 9}, "pause_hours"),
        (12, {"attempts": 10}, "attempts"),
        (12, {"due_hours": 0}, "due_hours"),
        (12, {"points": 5}, "points"),
        (12, {}, ""),
    ],
)
def test_what_cannot_work_is_refused(ratna, number, changes, field):
    with pytest.raises(CannotSave) as refused:
        save_version(stage=stage(number), by=ratna, **asked(number, **changes))
    assert refused.value.field == field
    assert StageVersion.objects.filter(stage=number).count() == 1


def test_a_rule_that_is_wrong_is_refused_with_its_place(ratna):
    rule = [{"source": "unpaid", "when": [{"field": "days_to_due", "op": "lte", "value": "tiga"}]}]
    with pytest.raises(BadRule) as refused:
        save_version(stage=stage(), by=ratna, **asked(rule=rule))
    assert (refused.value.way, refused.value.place) == (0, 0)
    assert stage().version.number == 1


def test_channels_of_a_way_are_held_to_the_same(ratna):
    rule = [dict(stage().version.rule[0], channels=["form"])]
    with pytest.raises(BadRule):
        save_version(stage=stage(), by=ratna, **asked(rule=rule))
    assert stage().version.number == 1


def test_every_stage_that_ships_could_be_saved_as_it_is():
    for one in Stage.objects.select_related("version"):
        version = one.version
        check_texts(one.pk, version.texts)
        check_schedule(
            stage=one, channels=version.channels, due_hours=version.due_hours, attempts=version.attempts,
            pause_hours=version.pause_hours,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "part", "text", "named"),
    [
        (6, "message", "Halo {honorific} {nama}", "nama"),
        (6, "message", "Jatuh tempo {due}", "due"),
        (12, "message", "Saya {agent}", "agent"),
        (12, "message", "Halo { name }", " name "),
        (12, "message", "Halo {name", ""),
    ],
)
def test_a_text_that_nobody_can_fill_is_refused_by_its_field(number, part, text, named):
    with pytest.raises(BadText) as refused:
        check_text(number, part, text)
    assert refused.value.named == named


def test_stages_know_what_is_theirs():
    assert "date" in fields_for(12)
    assert "due" not in fields_for(12)
    assert "agent" in fields_for(12, "script")
    assert "agent" not in fields_for(12, "message")


def test_a_supervisor_changes_the_rule_by_the_form(ratnas):
    sent = form_of(ratnas)
    assert sent["w0c0-value"] == "3"
    answer = ratnas.post("/caring/stages/12/edit/", sent | {"w0c0-value": "5"}, follow=True)
    assert "at most 5 days before the due date" in answer.text
    version = stage().version
    assert (version.number, version.rule[0]["when"][0]["value"]) == (2, 5)
    assert version.texts == StageVersion.objects.get(stage=12, number=1).texts
    assert [one.name for one in answer.context["versions"][0][1]] == ["Rule"]
    assert "caring-12 v2" in ratnas.get("/settings/audit/").text


@pytest.mark.parametrize("number", [5, 14, 19, 24])
def test_a_form_that_is_sent_as_it_stands_changes_nothing(ratnas, number):
    answer = ratnas.post(f"/caring/stages/{number}/edit/", form_of(ratnas, number))
    assert "Nothing is different" in answer.text
    assert stage(number).version.number == 1


def test_a_text_is_changed_and_offers_stay(ratnas):
    sent = form_of(ratnas, 14) | {"en-prepaid-message": "Hello {name}, your number ends on {date}."}
    ratnas.post("/caring/stages/14/edit/", sent)
    texts, before = stage(14).version.texts, StageVersion.objects.get(stage=14, number=1).texts
    assert texts["en"]["prepaid"]["message"] == "Hello {name}, your number ends on {date}."
    assert (texts["en"]["offers"], texts["id"]) == (before["en"]["offers"], before["id"])


def test_nothing_that_was_typed_is_lost_when_it_is_refused(ratnas):
    sent = form_of(ratnas) | {"w0c0-value": "banyak", "en-message": "Hello {nama}", "due_hours": "77"}
    answer = ratnas.post("/caring/stages/12/edit/", sent)
    assert answer.status_code == 422
    assert "Write a whole number." in answer.text
    for typed in ('value="banyak"', "Hello {nama}", 'value="77"'):
        assert typed in answer.text
    answer = ratnas.post("/caring/stages/12/edit/", sent | {"w0c0-value": "3"})
    assert "There is no field {nama}" in answer.text
    assert stage().version.number == 1


def test_a_form_of_an_older_version_is_refused_and_kept(ratnas, ratna):
    sent = form_of(ratnas) | {"due_hours": "77"}
    save_version(stage=stage(), by=ratna, **asked(due_hours=48))
    answer = ratnas.post("/caring/stages/12/edit/", sent)
    assert "has put version 2 in force meanwhile" in answer.text
    assert 'value="77"' in answer.text
    assert stage().version.due_hours == 48


def test_the_form_is_simulated_unsaved(ratnas):
    a_bill(a_subscriber(), due=TODAY + 5 * DAY)
    sent = form_of(ratnas) | {"w0c0-value": "7"}
    answer = ratnas.post("/caring/stages/12/simulate/", sent)
    assert (answer.context["found"].month, answer.context["found"].added) == (1, 1)
    assert "Rina Maharani" in answer.text
    assert "••••" in answer.text
    assert stage().version.number == 1
    assert tasks_of(12) == []


def test_a_rule_that_cannot_be_read_is_not_simulated(ratnas):
    answer = ratnas.post("/caring/stages/12/simulate/", form_of(ratnas) | {"w0c0-value": "banyak"})
    assert "Write a whole number." in answer.text


def test_a_simulation_that_takes_too_long_says_so(ratnas, monkeypatch):
    monkeypatch.setattr("caring.simulating.SECONDS", 0.01)
    monkeypatch.setattr("caring.simulating.STATEMENT", "SELECT pg_sleep(1)")
    assert "It takes longer than" in ratnas.post("/caring/stages/12/simulate/", form_of(ratnas)).text


def test_a_way_and_its_conditions_are_built_piece_by_piece(ratnas):
    fresh = ratnas.get("/caring/rule/way/").text
    assert "Prepaid lines whose active period ends" in fresh
    way = ratnas.get("/caring/rule/way/", {"w7-source": "usage"}).text
    assert 'id="w7"' in way
    assert "Days without use" in way
    assert "Days to the due date" not in way
    row = ratnas.get("/caring/rule/row/", {"w7-source": "usage", "w7c1-field": "silent_days"}).text
    assert 'name="w7c1-value"' in row
    assert "at least" in row
    assert ratnas.get("/caring/rule/row/", {"w7-source": "moon"}).status_code == 404


def test_reasons_are_reworded_added_and_taken_away_and_keep_their_keys(ratnas):
    sent, kept = form_of(ratnas, 16), stage(16).version.texts["en"]["reasons"]
    more = len(kept)
    sent |= {"reasons-0-en": "The price", "reasons-0-id": "Harganya", "reasons-1-en": "", "reasons-1-id": ""}
    sent |= {f"reasons-{more}-en": "Moves abroad", f"reasons-{more}-id": "Pindah ke luar negeri"}
    assert ratnas.post("/caring/stages/16/edit/", sent).status_code == 302
    found = stage(16).version.texts
    assert [one["key"] for one in found["en"]["reasons"]] == [
        "price", *(one["key"] for one in kept[2:]), "moves_abroad"
    ]  # fmt: skip
    assert [one["key"] for one in found["id"]["reasons"]] == [one["key"] for one in found["en"]["reasons"]]
    assert found["en"]["reasons"][0]["text"] == "The price"
    assert "Moves abroad" in ratnas.get("/caring/stages/16/").content.decode()


def test_a_question_keeps_what_its_marks_mean(ratnas):
    sent = form_of(ratnas, 19) | {"questions-0-en": "Was it in time?"}
    assert ratnas.post("/caring/stages/19/edit/", sent).status_code == 302
    found = stage(19).version.texts["en"]["questions"]
    assert (found[0]["key"], found[0]["text"], found[0]["hint"][:2]) == ("response", "Was it in time?", "4:")


EMPTY = {f"offers-{place}-{language}": "" for place in range(12) for language in ("id", "en")}


@pytest.mark.parametrize("half", [{"offers-0-en": ""}, EMPTY])
def test_a_list_in_one_language_alone_or_empty_is_refused_and_nothing_changes(ratnas, half):
    answer = ratnas.post("/caring/stages/14/edit/", form_of(ratnas, 14) | half)
    assert answer.status_code == 422
    assert stage(14).version.number == 1
