"""One underlying cause: cases hang on it, are told together and settled together, each judged by itself."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.cases import actions
from crm.cases.errors import CannotTell, FirstReplyMissing, HangsElsewhere, ProblemEnded, TitleMissing, WroteMeanwhile
from crm.cases.models import Case, Problem, ProblemCase, SlaClock
from crm.events.models import Event
from crm.messaging.models import Connection, Message
from tests.people import a_case, a_customer

TEXT = "Halo {name}, gangguan di {place} sudah selesai. Terima kasih sudah menunggu ({case})."


@pytest.fixture
def problem(sari) -> Problem:
    return actions.open_problem(title="Slow data Dago", place="Dago", by=sari)


def written(at=None, name="Rina Maharani", **fields) -> Case:
    """A customer who wrote by e-mail."""
    who = a_customer(name, email=f"{name.split()[0].lower()}{timezone.now().timestamp()}@example.com", honorific="Ibu")
    return a_case(at, customer=who, channel="email", **fields)


def fresh(case):
    return Case.objects.get(pk=case.pk)


def tell(problem, case, sari, key="t", text=TEXT, **more):
    return actions.tell_hanging(problem=problem, case=case, text=text, by=sari, key=key, **more)


def settle(problem, case, sari, key="s", **more):
    return actions.settle_hanging(problem=problem, case=case, text=TEXT, by=sari, key=key, **more)


def test_a_problem_is_opened_with_its_cases(sari):
    cases = [written(), written()]
    problem = actions.open_problem(title=" Slow data ", by=sari, cases=cases)
    assert (problem.title, problem.owner, str(problem)) == ("Slow data", sari, f"P-{problem.number}")
    assert set(problem.hanging.values_list("case", flat=True)) == {case.pk for case in cases}
    opened = Event.objects.get(kind="problem.opened")
    assert opened.facts["cases"] == 2
    assert Event.objects.filter(kind="case.hung", facts__number=problem.number).count() == 2


def test_a_problem_without_a_title_is_none(sari):
    with pytest.raises(TitleMissing):
        actions.open_problem(title=" ", by=sari, cases=[written()])
    assert not Problem.objects.exists()


def test_a_case_hangs_on_one_problem_at_most(problem, sari):
    case = written()
    actions.hang_case(problem=problem, case=case, by=sari)
    actions.hang_case(problem=problem, case=case, by=sari)
    other = actions.open_problem(title="Another", by=sari)
    with pytest.raises(HangsElsewhere):
        actions.hang_case(problem=other, case=case, by=sari)
    assert ProblemCase.objects.get().problem == problem
    actions.take_off(case=case, by=sari)
    actions.take_off(case=case, by=sari)
    assert Event.objects.filter(kind="case.taken_off").count() == 1
    actions.hang_case(problem=other, case=case, by=sari)


def test_nothing_hangs_on_what_is_solved(problem, sari):
    actions.solve_problem(problem=problem, solution="Sektor diperbaiki", by=sari)
    with pytest.raises(ProblemEnded):
        actions.hang_case(problem=problem, case=written(), by=sari)
    with pytest.raises(ProblemEnded):
        actions.solve_problem(problem=problem, solution="again", by=sari)
    assert not ProblemCase.objects.exists()
    actions.reopen_problem(problem=problem, by=sari)
    actions.hang_case(problem=problem, case=written(), by=sari)


def test_a_merged_case_takes_its_problem_along(problem, sari):
    rina = a_customer("Rina", email="rina@example.com")
    source, into = a_case(customer=rina), a_case(customer=rina)
    actions.hang_case(problem=problem, case=source, by=sari)
    actions.merge_cases(source=source, into=into, by=sari)
    assert ProblemCase.objects.get().case == into


def test_each_is_told_by_name_on_their_own_channel_and_only_once(problem, sari):
    case = written()
    actions.hang_case(problem=problem, case=case, by=sari)
    first = tell(problem, case, sari)
    assert first.body == f"Halo Ibu Rina, gangguan di Dago sudah selesai. Terima kasih sudah menunggu (#{case.number})."
    assert (first.channel, first.author) == ("email", sari)
    assert tell(problem, case, sari).pk == first.pk
    assert Message.objects.count() == 1


def test_who_only_called_cannot_be_told_by_a_message(problem, sari):
    case = a_case()
    actions.hang_case(problem=problem, case=case, by=sari)
    with pytest.raises(CannotTell):
        tell(problem, case, sari)
    assert not Message.objects.exists()


def test_a_text_too_long_for_the_channel_is_refused(problem, sari):
    Connection.objects.create(channel="sms", account="1500")
    budi = a_customer("Budi", msisdn="+6281200000001")
    case = a_case(customer=budi, channel="sms", account="1500", conversation="+6281200000001")
    actions.hang_case(problem=problem, case=case, by=sari)
    with pytest.raises(CannotTell, match="10 SMS"):
        tell(problem, case, sari, text="x" * 4000)
    assert not Message.objects.exists()


def test_the_message_answers_first_and_then_the_case_is_settled(problem, sari):
    case = written(timezone.now() - dt.timedelta(minutes=5))
    actions.hang_case(problem=problem, case=case, by=sari)
    done = settle(problem, case, sari)
    assert done.message is not None
    assert (fresh(case).state, fresh(case).outcome) == ("settled", "solved")
    assert set(SlaClock.objects.filter(case=case).values_list("verdict", flat=True)) == {"met"}
    assert not problem.hanging.not_told().exists()


def test_each_clock_is_judged_by_its_own_timestamps(problem, sari):
    """Two cases of one problem, settled in one go: one in time, one late."""
    now = timezone.now()
    late, in_time = written(now - dt.timedelta(hours=73)), written(now - dt.timedelta(hours=71))
    actions.hang_cases(problem=problem, cases=[late, in_time], by=sari)
    for case in (late, in_time):
        settle(problem, case, sari, key=f"s{case.pk}", at=now)
    verdicts = dict(SlaClock.objects.filter(kind="resolution").values_list("case", "verdict"))
    assert verdicts == {late.pk: "missed", in_time.pk: "met"}


def test_it_is_settled_at_the_moment_it_was_said_however_late_the_worker_comes(problem, sari):
    opened = timezone.now() - dt.timedelta(hours=72, minutes=1)
    case = written(opened)
    actions.hang_case(problem=problem, case=case, by=sari)
    settle(problem, case, sari, at=opened + dt.timedelta(hours=71, minutes=59))
    assert SlaClock.objects.get(case=case, kind="resolution").verdict == "met"


def test_a_caller_who_was_answered_is_settled_and_must_be_called(problem, sari):
    case = a_case()
    actions.add_interaction(case=case, direction="out", channel="call", text="Kami cek", by=sari)
    actions.hang_case(problem=problem, case=case, by=sari)
    done = settle(problem, case, sari)
    assert (done.message, fresh(case).state) == (None, "settled")
    assert done.why_not == str(CannotTell.sentence)
    hanging = problem.hanging.not_told().get()
    actions.told_by_voice(hanging=hanging, by=sari)
    actions.told_by_voice(hanging=hanging, by=sari)
    assert not problem.hanging.not_told().exists()
    assert Event.objects.filter(kind="case.told").count() == 1


def test_a_caller_who_was_never_answered_is_not_settled(problem, sari):
    case = a_case()
    actions.hang_case(problem=problem, case=case, by=sari)
    with pytest.raises(FirstReplyMissing):
        settle(problem, case, sari)
    assert fresh(case).state == "new"


def test_who_wrote_after_it_was_said_is_read_first(problem, sari):
    said_at = timezone.now() - dt.timedelta(minutes=3)
    case = written(said_at - dt.timedelta(hours=1))
    actions.hang_case(problem=problem, case=case, by=sari)
    actions.add_interaction(case=case, direction="in", channel="email", text="Masih mati!")
    with pytest.raises(WroteMeanwhile):
        settle(problem, case, sari, at=said_at)
    assert (fresh(case).state, Message.objects.count()) == ("new", 0)


def test_a_colleagues_word_in_between_does_not_stand_in_the_way(problem, sari):
    said_at = timezone.now() - dt.timedelta(minutes=3)
    case = written(said_at - dt.timedelta(hours=1))
    actions.hang_case(problem=problem, case=case, by=sari)
    actions.answer_case(case=case, text="Halo Ibu Rina, kami periksa.", by=sari)
    settle(problem, case, sari, at=said_at)
    assert fresh(case).state == "settled"


def test_who_was_settled_already_is_told(problem, sari):
    case = written()
    actions.hang_case(problem=problem, case=case, by=sari)
    actions.answer_case(case=case, text="Halo Ibu Rina", by=sari)
    actions.settle_case(case=case, outcome="explained", by=sari)
    done = settle(problem, case, sari)
    assert (done.was_settled, fresh(case).outcome) == (True, "explained")
    assert done.message is not None


def test_a_message_that_the_channel_gave_back_told_nobody(problem, sari):
    case = written()
    actions.hang_case(problem=problem, case=case, by=sari)
    message = settle(problem, case, sari).message
    actions.void_answer(interaction=message.interaction, reason="refused")
    assert problem.hanging.not_told().get().case == case
