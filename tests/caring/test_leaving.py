"""The leaving risk from the database: learnt by shifting time, kept, read on the newest months."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from caring.leaving.learning import TooFew, learn
from caring.leaving.lines import known_lines
from caring.leaving.reading import ranked, risk_of
from caring.models import LeavingModel
from crm.customers.models import Subscription
from tests.billing.test_known_files import ARPU
from tests.caring.people import MONTH, a_subscriber, used

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("programme")]
known_file = pytest.mark.skipif(not ARPU.exists(), reason=f"SAPA_DATA does not hold arpu_monthly/{ARPU.name}")


def a_base(left: int = 30, stayed: int = 60) -> None:
    """Of those who faded last month most are silent now."""
    for number in range(left):
        used(a_subscriber("simPATI"), 0, 5 + number, 200)
    for number in range(stayed):
        used(a_subscriber("simPATI"), 150 + number, 150, 160)


def test_it_is_learnt_from_the_month_before_and_read_on_the_newest():
    a_base()
    fading = a_subscriber("simPATI")
    used(fading, 4, 200, 210)
    model = learn(MONTH)
    assert (model.report["lines"], model.report["left"]) == (91, 30)
    steady = Subscription.objects.exclude(pk=fading.pk).order_by("-pk").first()
    assert risk_of(fading.pk).risk > risk_of(steady.pk).risk
    assert risk_of(fading.pk).reasons[0] == "usage_fell"


def test_all_lines_are_ranked_the_likeliest_first():
    a_base()
    risks = [one.risk for one in ranked(learn(MONTH))]
    assert len(risks) == 90
    assert risks == sorted(risks, reverse=True)


def test_learnt_again_it_is_replaced():
    a_base()
    assert learn(MONTH) == learn(MONTH)
    assert LeavingModel.objects.count() == 1


def test_of_too_few_nothing_is_learnt():
    a_base(left=3)
    with pytest.raises(TooFew):
        learn(MONTH)
    assert not LeavingModel.objects.exists()


def test_without_a_model_nothing_is_said_of_a_line():
    line = a_subscriber()
    used(line, 0, 40)
    assert risk_of(line.pk) is None


def test_a_line_of_which_the_network_says_nothing_is_no_example_and_has_no_risk():
    a_base()
    unknown, new = a_subscriber(), a_subscriber()
    used(unknown, None, 40, 40)
    used(new, 40)
    model = learn(MONTH)
    assert model.report["lines"] == 90
    assert {risk_of(unknown.pk), risk_of(new.pk)} == {None}


def test_revenue_is_what_was_charged_top_ups_are_summed_and_tenure_counts_to_the_months_end():
    line = a_subscriber(activated_on=MONTH - dt.timedelta(days=100))
    used(line, 10, 20)
    line.topups.create(customer=line.customer, reference="T1", amount=25_000, bought_on=MONTH)
    (known,) = known_lines(MONTH)
    assert known.line(MONTH).tenure > 100
    assert known.line(MONTH).last.recharged == 25_000
    assert known.line(MONTH).last.revenue is None


def test_the_command_needs_the_stage():
    with pytest.raises(CommandError, match="--stage 22"):
        call_command("caring_evaluate", "--risk")


@known_file
def test_on_the_known_file_it_beats_the_naive_rule_on_lines_it_has_not_seen():
    call_command("import_billing", ARPU, mapping="arpu-months")
    said = StringIO()
    call_command("caring_evaluate", "--as-of", "2014-08-31", "--stage", "22", "--risk", "--json", stdout=said)
    answer = json.loads(said.getvalue())
    model, naive = answer["report"]["model"], answer["report"]["naive"]
    for figure in ("precision", "recall", "auc"):
        assert model[figure]["value"] > naive[figure]["value"]
    assert model["precision"]["value"] > 0.40
    assert model["recall"]["value"] > 0.70
    assert {"tenure", "recharge_change"} < set(LeavingModel.objects.get().numbers["names"])
    assert (answer["lines"], len(answer["ranked"])) == (700, 700)
