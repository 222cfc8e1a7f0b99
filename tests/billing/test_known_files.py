"""The two real files whose figures are known."""

import os
from pathlib import Path

import pytest
from django.core.management import call_command

from crm.billing.models import LineMonths, Load, Usage
from crm.customers.models import Customer, Subscription

DATA = Path(os.environ.get("SAPA_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
ARPU = DATA / "arpu_monthly" / "telecom_churn_rows_1-700_months_6-8.csv"
TELCO = DATA / "telco_customers" / "Telco-Customer-Churn.csv"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.skipif(not ARPU.exists(), reason=f"SAPA_DATA does not hold arpu_monthly/{ARPU.name}")
def test_seven_hundred_lines_bring_three_months_and_their_medians(capsys):
    for _again in range(2):
        call_command("import_billing", ARPU, mapping="arpu-months")
        assert "2014-06 183.8, 2014-07 178.0, 2014-08 174.8" in capsys.readouterr().out
        assert (Usage.objects.count(), Subscription.objects.count(), LineMonths.objects.count()) == (2100, 700, 700)
    assert Load.objects.first().facts_new == 0
    call_command("value_customers", "--on=2014-09-01")
    assert Subscription.objects.exclude(arpu=0).count() > 690


@pytest.mark.skipif(not TELCO.exists(), reason=f"SAPA_DATA does not hold telco_customers/{TELCO.name}")
def test_no_customer_is_lost_for_a_blank_total():
    for _again in range(2):
        call_command("import_customers", TELCO, mapping="telco-customers")
        assert (Customer.objects.count(), Subscription.objects.count()) == (7043, 7043)
    done = Load.objects.last()
    assert (done.rows_read, done.rows_noted, done.rows_refused) == (7043, 11, 0)
    assert Subscription.objects.filter(state="removed").count() == 1869
