"""Rows go through the code of live intake in time order, and become cases by the rules of the archive."""

import json
import random
from collections.abc import Iterable
from io import StringIO

import pytest
from django.core.management import call_command

from crm.cases.models import Breach, Case, SlaClock
from crm.desk.handlers import notify
from crm.desk.models import Notification
from crm.events.models import Event
from crm.messaging.models import Message
from crm.staff.models import Role
from crm.timeline.models import Interaction
from social.models import Account, Post
from social.replay import replay
from tests.people import a_member, a_team
from tests.social.conftest import Import
from tests.social.rows import NOON, a_row, expected, some_archive


def report(account: str) -> dict:
    out = StringIO()
    call_command("sla_report", account=account, json=True, stdout=out)
    return json.loads(out.getvalue())


def first_clock(case: Case) -> SlaClock:
    return case.clocks.get(kind="response", turn=1)


def said(case: Case) -> list[str]:
    return list(Interaction.objects.filter(in_case__case=case).order_by("at", "id").values_list("text", flat=True))


@pytest.mark.parametrize("seed", range(8))
def test_the_report_of_any_archive_is_what_its_rows_say(import_rows: Import, seed: int) -> None:
    chance = random.Random(seed)
    brand = chance.choice(["Sapa", "indihome", "XL_Care"])
    rows = some_archive(chance, brand)
    import_rows(rows, account=brand.upper(), replay=True)
    found, wanted = report(brand), expected(rows, brand)
    assert {key: found[key] for key in wanted if key != "addressed"} == {
        key: value for key, value in wanted.items() if key != "addressed"
    }
    assert found["addressed"] == wanted["addressed"]


def test_a_post_that_names_the_account_opens_a_case_at_its_own_time(import_rows: Import) -> None:
    import_rows([a_row(1, 0, "ani", "min @SAPA sinyal hilang")], replay=True)
    case = Case.objects.get()
    assert (case.opened_at, case.channel, case.account, case.is_archive) == (NOON, "x", "Sapa", True)
    assert case.customer.contact_points.get().value == "ani"


def test_a_post_that_does_not_name_the_account_stays_a_mention(import_rows: Import) -> None:
    import_rows([a_row(1, 0, "ani", "jual paket sapa murah")], replay=True)
    assert not Case.objects.exists()
    assert Post.objects.get().state == Post.State.MENTION
    assert Post.objects.get().customer is None


def test_the_brands_answer_opens_a_case_whose_clock_runs_from_the_first_post(import_rows: Import) -> None:
    rows = [
        a_row(1, 0, "ani", "sinyal hilang terus"),
        a_row(2, 5, "ani", "masih"),
        a_row(3, 9, "Sapa", "Kami bantu ya -Dhea", to="ANI"),
    ]
    import_rows(rows, replay=True)
    case = Case.objects.get()
    clock = first_clock(case)
    assert (clock.started_at, clock.verdict) == (NOON, "met")
    assert said(case) == ["sinyal hilang terus", "masih", "Kami bantu ya -Dhea"]
    assert Interaction.objects.get(direction="out").signature == "Dhea"


def test_a_later_post_that_names_the_account_counts_from_the_first(import_rows: Import) -> None:
    import_rows([a_row(1, 0, "ani", "sinyal hilang"), a_row(2, 20, "ani", "@sapa tolong")], replay=True)
    assert first_clock(Case.objects.get()).started_at == NOON


def test_an_answer_before_the_customers_first_post_opens_nothing(import_rows: Import) -> None:
    rows = [a_row(1, 0, "Sapa", "Halo", to="ani"), a_row(2, 1, "ani", "terima kasih")]
    import_rows(rows, replay=True)
    assert not Case.objects.exists()


def test_an_answer_in_the_second_of_the_first_post_is_no_answer(import_rows: Import) -> None:
    import_rows([a_row(1, 0, "ani", "@sapa"), a_row(2, 0, "Sapa", "Halo", to="ani")], replay=True)
    assert report("Sapa")["answered"] == 0


def test_an_answer_to_one_customer_does_not_answer_the_other_in_the_thread(import_rows: Import) -> None:
    rows = [
        a_row(1, 0, "ani", "@sapa lambat"),
        a_row(2, 1, "budi", "@sapa sama"),
        a_row(3, 4, "Sapa", "Cek ya", to="budi"),
    ]
    import_rows(rows, replay=True)
    answered = Interaction.objects.get(direction="out").in_case.case
    assert answered.customer.contact_points.get().value == "budi"
    assert report("Sapa")["answered"] == 1


def test_a_breach_is_found_at_replay_time(import_rows: Import) -> None:
    import_rows([a_row(1, 0, "ani", "@sapa"), a_row(2, 16, "Sapa", "Maaf", to="ani")], replay=True)
    breach = Breach.objects.get()
    assert breach.is_archive
    assert breach.detected_at.year == NOON.year


def test_nothing_is_sent_and_nobody_is_told(import_rows: Import) -> None:
    team = a_team(channels=["x"])
    a_member(teams=(team,))
    a_member(role=Role.SUPERVISOR, teams=(team,))
    import_rows([a_row(1, 0, "ani", "@sapa"), a_row(2, 90, "budi", "@sapa", thread="t2")], replay=True)
    breached = Event.objects.filter(kind="clock.breached")
    assert breached.exists()
    ring_bells(breached)
    assert not Message.objects.exists()
    assert not Notification.objects.exists()
    Case.objects.update(is_archive=False)
    ring_bells(breached)
    assert Notification.objects.exists(), "a live case would have been told"


def ring_bells(events: Iterable[Event]) -> None:
    for event in events:
        notify(event)


def test_what_is_still_open_ends_as_archived_at_the_last_row(import_rows: Import) -> None:
    rows = [a_row(1, 0, "ani", "@sapa"), a_row(2, 600, "budi", "tidak ada apa-apa", thread="t2")]
    import_rows(rows, replay=True)
    case = Case.objects.get()
    assert (case.state, case.outcome) == ("closed", "archived")
    assert case.closed_at == Post.objects.get(external_id="2").at


def test_the_live_sweep_and_the_queues_never_see_an_archive(import_rows: Import) -> None:
    import_rows([a_row(1, 0, "ani", "@sapa")], replay=True)
    assert not Case.objects.live().exists()
    assert not SlaClock.objects.filter(is_archive=False).exists()


def test_the_same_file_twice_adds_nothing(import_rows: Import) -> None:
    rows = some_archive(random.Random(99), "Sapa")
    import_rows(rows, replay=True)
    before = state()
    again = import_rows(rows, replay=True)
    assert (again.rows_new, again.rows_refused) == (0, 0)
    assert state() == before


def test_two_halves_in_any_order_end_as_the_whole_file(import_rows: Import) -> None:
    rows = some_archive(random.Random(7), "Sapa")
    import_rows(rows[::2], replay=True)
    import_rows(rows[1::2], replay=True)
    wanted = expected(rows, "Sapa")
    found = report("Sapa")
    assert found["addressed"] == wanted["addressed"]
    assert (found["answered"], found["p90_minutes"]) == (wanted["answered"], wanted["p90_minutes"])


def test_a_replay_that_was_cut_off_ends_like_one_that_was_not(import_rows: Import) -> None:
    rows = some_archive(random.Random(3), "Sapa")
    import_rows(rows)
    account = Account.objects.get()

    def pull_the_plug(taken: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay(account, progress=pull_the_plug)
    assert 0 < account.posts.taken().count() < account.posts.count()
    replay(account)
    assert report("Sapa")["addressed"] == expected(rows, "Sapa")["addressed"]
    assert not Case.objects.filter(closed_at=None).exists()


def state() -> list[tuple]:
    """Everything a report could see, without surrogate keys."""
    of_case = ("case__conversation", "case__customer_id", "case__state")
    of_clock = ("kind", "turn", "started_at", "due_at", "stopped_at", "verdict")
    return list(SlaClock.objects.order_by(*of_case, "kind", "turn").values_list(*of_case, *of_clock))
