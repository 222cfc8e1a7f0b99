from django.urls import reverse

from crm.cases import actions
from crm.cases.models import Case, CaseLink, SlaPolicy
from crm.events.models import Event
from crm.staff.models import Role
from tests.desk.conftest import HTMX
from tests.people import a_case, a_division, a_member


def act(client, case, slug, **data):
    return client.post(reverse("desk:act", args=[case.number, slug]), data, headers=HTMX)


def fresh(case):
    return Case.objects.get(pk=case.pk)


def test_a_case_is_assigned_to_a_person_with_room(as_user, sari, case):
    client = as_user(sari)
    assert (
        "Sari Wulandari" in client.get(reverse("desk:act", args=[case.number, "assign"]), headers=HTMX).content.decode()
    )
    act(client, case, "assign", assignee=sari.pk, version=case.version)
    assert (fresh(case).assignee, fresh(case).state) == (sari, "open")


def test_it_goes_back_to_the_unassigned(as_user, sari, case):
    actions.assign_case(case=case, by=sari, assignee=sari)
    act(as_user(sari), case, "assign", nobody="1")
    assert fresh(case).assignee is None


def test_escalating_asks_for_a_reason_and_keeps_what_was_typed(as_user, sari, case):
    answer = act(as_user(sari), case, "escalate", party="quality", reason="")
    assert answer.status_code == 422
    assert 'value="quality"' in answer.content.decode()
    assert not case.escalations.exists()


def test_a_division_must_be_named(as_user, sari, case):
    answer = act(as_user(sari), case, "escalate", party="division", reason="Sektor 3")
    assert answer.status_code == 422
    assert not case.escalations.exists()


def test_a_division_accepts_and_hands_back(as_user, sari, case):
    network = a_division()
    actions.escalate_case(case=case, party="division", division=network, by=sari, reason="Sektor 3")
    client = as_user(a_member("Togar", Role.DIVISION, division=network))
    act(client, case, "accept")
    assert case.escalations.get().accepted_by.name == "Togar"
    act(client, case, "hand-back", reason="Sudah diperbaiki")
    assert case.escalations.get().hand_back_reason == "Sudah diperbaiki"
    assert fresh(case).party == "team"


def test_waiting_for_an_appointment_needs_its_time(as_user, sari, case):
    answer = act(as_user(sari), case, "wait", waiting_for="appointment")
    assert answer.status_code == 422
    assert fresh(case).state == "new"


def test_a_case_without_a_first_reply_is_not_settled(as_user, sari, case):
    answer = act(as_user(sari), case, "settle", outcome="solved")
    assert answer.status_code == 422
    assert "Answer first" in answer.content.decode()
    assert fresh(case).state == "new"


def test_settled_and_reopened(as_user, sari, case):
    client = as_user(sari)
    actions.add_interaction(case=case, direction="out", channel="call", text="Halo", by=sari)
    act(client, case, "settle", outcome="explained", text="Sudah dijelaskan.")
    assert (fresh(case).state, fresh(case).outcome) == ("settled", "explained")
    act(client, case, "reopen", reason="Masih terjadi")
    assert fresh(case).state == "open"


def test_an_illegal_transition_says_so_and_changes_nothing(as_user, sari, case):
    actions.cancel_case(case=case, by=sari, reason="Salah sambung")
    before = Case.objects.values().get(pk=case.pk)
    answer = act(as_user(sari), case, "settle", outcome="solved")
    assert answer.status_code == 422
    assert Case.objects.values().get(pk=case.pk) == before


def test_a_stale_version_is_refused_once_and_the_text_is_kept(as_user, sari, case):
    client, old = as_user(sari), case.version
    actions.edit_case(case=case, by=sari, priority="high")
    answer = act(client, case, "cancel", reason="Tidak jadi", version=old)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody changed this case meanwhile" in page
    assert "Tidak jadi" in page
    assert f'name="version" value="{fresh(case).version}"' in page
    assert fresh(case).state == "new"
    act(client, case, "cancel", reason="Tidak jadi", version=fresh(case).version)
    assert fresh(case).state == "cancelled"


def test_editing_keeps_the_promise(as_user, sari, case):
    due = fresh(case).due_at
    act(
        as_user(sari),
        case,
        "edit",
        kind="question",
        priority="urgent",
        tags="Roaming, haji, roaming",
        subject="Roaming",
    )
    assert (fresh(case).tags, fresh(case).priority, fresh(case).due_at) == (["roaming", "haji"], "urgent", due)


def test_two_cases_are_linked_by_number(as_user, sari, case, team):
    other = fresh(a_case(team=team))
    act(as_user(sari), case, "link", number=f"#{other.number}")
    assert CaseLink.objects.get().other_id == other.pk


def test_a_case_out_of_sight_cannot_be_linked(as_user, sari, case, joko):
    other = fresh(a_case(team=joko.team))
    answer = act(as_user(sari), case, "link", number=other.number)
    assert "no such case in your sight" in answer.content.decode()
    assert not CaseLink.objects.exists()


def test_merging_moves_into_the_customers_other_case(as_user, sari, case, team):
    other = fresh(a_case(customer=case.customer, team=team))
    act(as_user(sari), case, "merge", number=other.number)
    assert fresh(case).merged_into == other


def test_only_a_supervisor_applies_another_policy(as_user, sari, ratna, case):
    policy = SlaPolicy.objects.get()
    assert act(as_user(sari), case, "policy", policy=policy.pk).status_code == 403
    assert act(as_user(ratna), case, "policy", policy=policy.pk).status_code == 200
    assert Event.objects.filter(kind="policy.applied").count() == 1


def test_without_javascript_a_dialog_is_a_page_and_leads_back(as_user, sari, case):
    url = reverse("desk:act", args=[case.number, "cancel"])
    client = as_user(sari)
    assert "<!doctype html>" in client.get(url).content.decode()
    assert client.post(url, {"reason": "Tidak jadi"}).url == f"/cases/{case.number}/"


def test_no_such_act_is_not_found(as_user, sari, case):
    assert act(as_user(sari), case, "explode").status_code == 404
