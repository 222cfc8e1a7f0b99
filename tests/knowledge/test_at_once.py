"""Two who publish one version at once."""

import pytest
from django.db import transaction

from crm.events.models import Event
from crm.knowledge import actions
from crm.knowledge.errors import KnowledgeError
from crm.staff.models import Role
from tests.connections import somebody_else, until_somebody_waits
from tests.knowledge.conftest import handed_in
from tests.people import a_member


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_the_second_is_told(sari, ratna):
    version, hendro = handed_in(sari), a_member("Hendro", Role.SUPERVISOR)
    with somebody_else() as does:
        with transaction.atomic():
            actions.publish(version=version, by=ratna)
            later = does(actions.publish, version=version, by=hendro)
            until_somebody_waits()
        with pytest.raises(KnowledgeError, match=r"quicker|lebih cepat"):
            later.result()
    version.refresh_from_db()
    assert version.published_by == ratna
    assert Event.objects.filter(kind="article.published").count() == 1
