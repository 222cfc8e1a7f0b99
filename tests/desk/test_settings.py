"""Settings pages: policies by version, and who finds what."""

import pytest
from django.urls import reverse

from crm.cases.models import Category, SlaPolicy
from crm.staff.models import Role
from tests.people import a_member


@pytest.fixture
def draft(as_user, ratna):
    as_user(ratna).post("/settings/policies/new/")
    return SlaPolicy.objects.get(published_at=None)


def filled(draft, **more):
    targets, steps = list(draft.targets.order_by("pk")), list(draft.ladder.all())
    data = {
        "note": "Malam hari", "warn_percents": "50,80", "response_risk_seconds": "5", "resolution_risk_seconds": "4",
        "remind_after_seconds": "24", "no_answer_after_seconds": "48", "close_after_seconds": "168",
        "reopen_minimum_seconds": "4", "seen": draft.stamp,
        "targets-TOTAL_FORMS": len(targets), "targets-INITIAL_FORMS": len(targets),
        "steps-TOTAL_FORMS": len(steps), "steps-INITIAL_FORMS": len(steps),
    }  # fmt: skip
    for number, target in enumerate(targets):
        seconds = target.resolution_seconds
        data |= {f"targets-{number}-{name}": getattr(target, name) for name in ("channel", "kind", "tier")}
        data[f"targets-{number}-category"] = target.category_id or ""
        data[f"targets-{number}-response_seconds"] = target.response_seconds / 60
        data[f"targets-{number}-resolution_seconds"] = seconds / 3600 if seconds else ""
    for number, step in enumerate(steps):
        data |= {f"steps-{number}-{name}": getattr(step, name) for name in ("clock", "percent", "party")}
    return data | more


def save(client, draft, **more):
    return client.post(reverse("desk:policy", args=[draft.version]), filled(draft, **more))


def test_a_new_version_begins_as_a_copy_of_the_one_in_force(draft):
    first = SlaPolicy.objects.get(version=1)
    assert (draft.version, draft.targets.count(), draft.ladder.count()) == (
        2,
        first.targets.count(),
        first.ladder.count(),
    )


def test_there_is_one_draft_at_a_time(as_user, ratna, draft):
    assert as_user(ratna).post("/settings/policies/new/").url == reverse("desk:policy", args=[draft.version])
    assert SlaPolicy.objects.count() == 2


def test_a_draft_is_saved_in_minutes_and_hours(as_user, ratna, draft):
    answer = save(as_user(ratna), draft, **{"targets-0-response_seconds": "10", "pause_for_customer": "on"})
    draft.refresh_from_db()
    assert answer.status_code == 302
    assert draft.targets.order_by("pk").first().response_seconds == 600
    assert (draft.pause_for_customer, draft.close_after_seconds) == (True, 7 * 86_400)


def test_bad_figures_name_their_field_and_change_nothing(as_user, ratna, draft):
    answer = save(as_user(ratna), draft, warn_percents="50,120", note="Keep me")
    assert answer.status_code == 422
    assert "Keep me" in answer.content.decode()
    assert "id_warn_percents_error" in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.note, draft.warn_percents) == ("", [50, 80])


def test_a_published_version_is_in_force_and_never_edited(as_user, ratna, draft):
    client = as_user(ratna)
    client.post(reverse("desk:policy-publish", args=[draft.version]), {"seen": draft.stamp})
    draft.refresh_from_db()
    assert draft.published_by == ratna
    save(client, draft, note="Afterwards")
    draft.refresh_from_db()
    assert draft.note == ""


def test_an_agent_publishes_nothing(as_user, sari, ratna, draft):
    assert as_user(sari).post(reverse("desk:policy-publish", args=[draft.version])).status_code == 403
    draft.refresh_from_db()
    assert draft.published_at is None


def test_a_supervisor_finds_policies_and_no_administration(as_user, ratna):
    page = as_user(ratna).get("/settings/").content.decode()
    assert "/settings/policies/" in page
    assert "/admin/" not in page


def test_the_administration_deletes_no_category(as_user):
    client = as_user(a_member("Yosef", Role.ADMINISTRATOR))
    category = Category.objects.create(code="signal", name="Sinyal", name_en="Signal")
    assert client.get("/admin/cases/category/").status_code == 200
    client.post(f"/admin/cases/category/{category.pk}/delete/", {"post": "yes"})
    assert Category.objects.filter(pk=category.pk).exists()
