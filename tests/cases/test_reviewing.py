"""The review of a breach, from the first word to the second signature, and what it promised."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.cases import actions, errors
from crm.cases.actions.reviewing import Action
from crm.cases.clocks import review_due
from crm.cases.defaults import CAUSES, ensure_causes
from crm.cases.models import Breach, BreachQuestion, Case, Cause, ReviewDraft, SlaClock, SlaPolicy
from crm.cases.pareto import pareto, split
from crm.cases.reminding import remind_actions, remind_reviews
from crm.cases.sweep import sweep
from crm.desk.review_news import who_reviews
from crm.events.models import Event
from crm.staff.models import Role, User
from tests.connections import somebody_else, until_somebody_waits
from tests.desk.breaches import cause, in_a_week, late, many_late, reviewed
from tests.people import a_case, a_division, a_member, a_team

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def causes(policy: SlaPolicy) -> None:
    ensure_causes()


@pytest.fixture
def team():
    return a_team()


@pytest.fixture
def ratna(team) -> User:
    return a_member("Ratna Kusumaningrum", Role.SUPERVISOR, teams=(team,))


@pytest.fixture
def hendro(team) -> User:
    return a_member("Hendro Wibisono", Role.SUPERVISOR, teams=(team,))


@pytest.fixture
def sari(team) -> User:
    return a_member(teams=(team,))


@pytest.fixture
def breach(team, sari) -> Breach:
    return late(a_case(team=team), sari)


def state(breach: Breach) -> str:
    return Breach.objects.get(pk=breach.pk).state


def everything(breach: Breach) -> dict:
    return Breach.objects.values().get(pk=breach.pk)


def test_a_draft_makes_a_breach_in_review_and_emptied_it_waits_again(breach, ratna):
    assert state(breach) == "open"
    actions.keep_review_draft(breach=breach, fields={"cause": "Antre"}, by=ratna)
    assert state(breach) == "begun"
    actions.keep_review_draft(breach=breach, fields={}, by=ratna)
    assert (state(breach), ReviewDraft.objects.count()) == ("open", 0)


def test_two_supervisors_write_two_drafts_and_touch_none_of_the_others(breach, ratna, hendro):
    actions.keep_review_draft(breach=breach, fields={"cause": "Antre"}, by=ratna)
    actions.keep_review_draft(breach=breach, fields={"cause": "Sif"}, by=hendro)
    assert dict(ReviewDraft.objects.values_list("by", "fields")) == {
        ratna.pk: {"cause": "Antre"}, hendro.pk: {"cause": "Sif"},
    }  # fmt: skip
    assert Breach.objects.get().begun_by == ratna


def test_a_review_is_signed_by_one_and_signed_off_by_another(breach, ratna, hendro):
    reviewed(breach, ratna)
    assert state(breach) == "sign"
    actions.sign_off_review(breach=breach, by=hendro)
    assert (state(breach), Breach.objects.get().signed_by) == ("signed", hendro)
    assert list(Event.objects.filter(kind__startswith="breach.").order_by("pk").values_list("kind", flat=True)) == [
        "breach.reviewed", "breach.signed",
    ]  # fmt: skip


def test_nobody_signs_off_their_own_review(breach, ratna):
    reviewed(breach, ratna)
    before = everything(breach)
    with pytest.raises(errors.OwnReview):
        actions.sign_off_review(breach=breach, by=ratna)
    assert everything(breach) == before


def test_nor_does_the_database_let_them(breach, ratna):
    reviewed(breach, ratna)
    with pytest.raises(IntegrityError), transaction.atomic():
        Breach.objects.filter(pk=breach.pk).update(signed_by=ratna, signed_at=timezone.now())


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"cause": " "}, errors.ReasonMissing),
        ({"code": None}, errors.CauseMissing),
        ({"action": Action()}, errors.ActionMissing),
        ({"action": Action("Piket", None, dt.date(2030, 1, 1))}, errors.ActionIncomplete),
        ({"excusable": True, "excuse": " "}, errors.ExcuseMissing),
    ],
)
def test_a_review_that_leaves_something_open_changes_nothing(breach, ratna, fields, refused):
    before = everything(breach)
    with pytest.raises(refused):
        reviewed(breach, ratna, **fields)
    assert everything(breach) == before
    assert not Event.objects.filter(kind="breach.reviewed").exists()


def test_what_is_excusable_says_why_and_needs_no_action(breach, ratna):
    reviewed(breach, ratna, excusable=True, excuse="Listrik padam.", action=Action())
    kept = Breach.objects.get()
    assert (kept.excusable, kept.excuse, kept.action_owner) == (True, "Listrik padam.", None)


def test_a_second_review_of_one_breach_is_refused(breach, ratna, hendro):
    reviewed(breach, ratna)
    before = everything(breach)
    with pytest.raises(errors.AlreadyReviewed):
        reviewed(breach, hendro, cause="Lain")
    with pytest.raises(errors.AlreadyReviewed):
        actions.keep_review_draft(breach=breach, fields={"cause": "Lain"}, by=hendro)
    assert everything(breach) == before


def test_a_withdrawn_breach_has_nothing_to_review(breach, ratna):
    Breach.objects.update(withdrawn_at=timezone.now())
    with pytest.raises(errors.BreachWithdrawn):
        reviewed(breach, ratna)


def test_sent_back_with_a_question_it_is_the_reviewers_again_with_every_word(breach, ratna, hendro):
    reviewed(breach, ratna)
    actions.send_back_review(breach=breach, question="Sudah dikabari?", by=hendro)
    assert (state(breach), Breach.objects.get().cause) == ("begun", "Antrean tidak terlihat.")
    reviewed(breach, ratna, cause="Antrean tidak terlihat, sudah dikabari.")
    asked = BreachQuestion.objects.get()
    assert (asked.to, asked.text, asked.answered_at is not None) == (ratna, "Sudah dikabari?", True)
    actions.sign_off_review(breach=breach, by=hendro)


def test_what_is_signed_off_neither_goes_back_nor_is_signed_again(breach, ratna, hendro):
    reviewed(breach, ratna)
    actions.sign_off_review(breach=breach, by=hendro)
    before = everything(breach)
    with pytest.raises(errors.NothingToSign):
        actions.send_back_review(breach=breach, question="?", by=hendro)
    with pytest.raises(errors.NothingToSign):
        actions.sign_off_review(breach=breach, by=hendro)
    assert everything(breach) == before


def test_a_review_of_before_there_were_codes_counts_as_signed_off(breach, ratna):
    Breach.objects.update(reviewed_by=ratna, reviewed_at=timezone.now(), cause="Antre")
    assert state(breach) == "signed"
    assert list(Breach.objects.all().in_review_state("signed")) == [breach]
    assert not Breach.objects.all().in_review_state("sign").exists()


def test_an_agent_is_asked_once_and_gives_one_account(breach, ratna, sari):
    asked = actions.ask_account(breach=breach, to=sari, text="Apa yang terjadi?", by=ratna)
    with pytest.raises(errors.AlreadyAsked):
        actions.ask_account(breach=breach, to=sari, text="Lagi?", by=ratna)
    actions.give_account(question=asked, text="Saya di panggilan lain.", by=sari)
    with pytest.raises(errors.AlreadyAnswered):
        actions.give_account(question=asked, text="Lain", by=sari)
    assert BreachQuestion.objects.get().answer == "Saya di panggilan lain."


def test_an_action_is_done_once_with_a_note(breach, ratna, hendro, sari):
    reviewed(breach, ratna, owner=sari)
    with pytest.raises(errors.ReasonMissing):
        actions.finish_action(breach=breach, note=" ", by=sari)
    actions.finish_action(breach=breach, note="Jadwal diubah.", by=sari)
    with pytest.raises(errors.ActionDone):
        actions.finish_action(breach=breach, note="Lagi", by=sari)
    with pytest.raises(errors.ActionDone):
        actions.move_action(breach=breach, owner=hendro, due_on=in_a_week(), by=ratna)
    assert Breach.objects.get().action_note == "Jadwal diubah."


def test_a_review_is_due_three_days_after_the_breach_unless_the_settings_say_otherwise(team, ratna, sari):
    at = timezone.now()
    assert review_due(at) == at + dt.timedelta(days=3)
    actions.set_review_days(days=5, by=ratna)
    by_hand = late(a_case(team=team), sari)
    case = a_case(team=team)
    SlaClock.objects.filter(case=case).update(wake_at=at, due_at=at, started_at=at - dt.timedelta(hours=1))
    sweep()
    for breach in (by_hand, Breach.objects.filter(case=case).first()):
        assert Breach.objects.get(pk=breach.pk).review_due_at - breach.detected_at == dt.timedelta(days=5)


def test_overdue_reviews_are_told_once_to_the_team(breach, team):
    Breach.objects.update(review_due_at=timezone.now() - dt.timedelta(hours=1))
    assert (remind_reviews(), remind_reviews()) == (1, 0)
    told = Event.objects.get(kind="reviews.overdue")
    assert (told.subject_id, told.facts["count"]) == (team.pk, 1)


def test_overdue_reviews_without_a_team_are_told_to_who_sees_them_all(breach, ratna):
    Breach.objects.update(review_due_at=timezone.now() - dt.timedelta(hours=1), team=None)
    lia, putri = a_member("Lia Amelia", Role.ADMINISTRATOR), a_member("Putri Maharani", Role.QUALITY)
    assert (remind_reviews(), remind_reviews()) == (1, 0)
    told = Event.objects.get(kind="reviews.overdue")
    assert (told.subject_type, told.facts["count"]) == ("breach", 1)
    assert set(who_reviews(told, None)) == {lia, putri}


def test_an_overdue_action_is_told_once_a_day(breach, ratna, sari):
    reviewed(breach, ratna, owner=sari)
    Breach.objects.update(action_due_on=timezone.localdate() - dt.timedelta(days=1))
    now = timezone.now()
    assert (remind_actions(now), remind_actions(now + dt.timedelta(hours=1))) == (1, 0)
    assert remind_actions(now + dt.timedelta(days=1)) == 1
    assert Event.objects.filter(kind="breach.action_overdue", facts__owner=sari.pk).count() == 2


def test_what_is_done_or_still_to_come_reminds_nobody(team, ratna, sari):
    done, coming = (reviewed(one, ratna, owner=sari) for one in many_late(team, sari, 2))
    actions.finish_action(breach=done, note="Sudah.", by=sari)
    Breach.objects.filter(pk=done.pk).update(action_due_on=timezone.localdate() - dt.timedelta(days=1))
    assert (remind_actions(), remind_reviews(), coming.has_open_action) == (0, 0, True)


def test_a_new_list_of_causes_is_bilingual_and_an_own_one_stays(db):
    assert {(one.code, one.name, one.name_en) for one in Cause.objects.all()} == set(CAUSES)
    Cause.objects.exclude(code="A1").delete()
    ensure_causes()
    assert Cause.objects.count() == 1


def test_causes_move_and_are_switched_off_with_who_did_it_kept(ratna):
    actions.move_cause(cause=cause("A2"), up=True, by=ratna)
    assert list(Cause.objects.values_list("code", flat=True)[:2]) == ["A2", "A1"]
    actions.change_cause(cause=cause("A1"), by=ratna, is_active=False)
    kept = Cause.pgh_event_model.objects.filter(code="A1").latest("pgh_id")
    assert (kept.is_active, kept.pgh_context.metadata["by"]) == (False, ratna.pk)


def test_the_pareto_counts_what_could_be_prevented_and_what_is_excusable_apart(team, ratna, sari):
    first, second, third, fourth, _unreviewed = many_late(team, sari, 5)
    for breach, code in ((first, "A1"), (second, "A1"), (third, "A3")):
        reviewed(breach, ratna, code=cause(code))
    reviewed(fourth, ratna, code=cause("T1"), excusable=True, excuse="Padam.", action=Action())
    rows = pareto(Breach.objects.counted())
    assert [(one.cause.code, one.count, one.excused, round(one.cumulated)) for one in rows] == [
        ("A1", 2, 0, 67), ("A3", 1, 0, 100), ("T1", 0, 1, 100),
    ]  # fmt: skip
    (group,) = split(Breach.objects.counted(), "team")
    assert (group.key, group.count, group.excused, dict(group.by_cause)[cause().pk]) == (team.pk, 3, 1, 2)


def test_the_division_that_held_the_case_stands_with_its_breach(team, sari):
    network = a_division()
    case = a_case(team=team)
    actions.escalate_case(case=case, party="division", division=network, by=sari, reason="Sektor 3")
    assert late(Case.objects.get(pk=case.pk), sari).division == network


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_off_at_once_are_one_signature(breach, ratna, hendro):
    reviewed(breach, ratna)
    lia = a_member("Lia Amelia", Role.ADMINISTRATOR)
    with somebody_else() as does:
        with transaction.atomic():
            actions.sign_off_review(breach=breach, by=hendro)
            later = does(actions.sign_off_review, breach=breach, by=lia)
            until_somebody_waits()
        with pytest.raises(errors.NothingToSign):
            later.result()
    assert Breach.objects.get().signed_by == hendro


@pytest.mark.django_db(transaction=True)
def test_two_reminders_at_once_remind_once(breach, team):
    Breach.objects.update(review_due_at=timezone.now() - dt.timedelta(hours=1))
    with somebody_else() as does, transaction.atomic():
        assert remind_reviews() == 1
        assert does(remind_reviews).result() == 0
    assert Event.objects.filter(kind="reviews.overdue").count() == 1
