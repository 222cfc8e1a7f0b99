"""A record changed from its page: the district follows the city, the city the province."""

from typing import Any

import pytest
from playwright.sync_api import expect

from crm.customers.addressing import save_address
from crm.customers.regions import load_regions
from tests.browser.conftest import PATIENCE
from tests.people import a_customer, a_member, a_team

pytestmark = pytest.mark.django_db(transaction=True)
REGIONS = [
    ("32", "Jawa Barat"), ("32.73", "Kota Bandung"), ("32.73.02", "Coblong"),
    ("33", "Jawa Tengah"), ("33.74", "Kota Semarang"), ("33.74.10", "Tembalang"),
]  # fmt: skip
BEFORE = {"street": "Jl. Melati 3", "city": "Kota Semarang", "province": "Jawa Tengah", "district": "Tembalang"}


def test_somebody_who_moved_is_followed_to_another_province(desk_of: Any) -> None:
    load_regions(REGIONS)
    sari, rina = a_member(teams=(a_team(),)), a_customer()
    save_address(customer=rina, kind="home", lines=BEFORE, by=sari)
    page = desk_of(sari)
    page.goto(f"/customers/{rina.pk}/identity/")
    page.get_by_role("button", name="Change Home").click()
    dialog = page.locator("#sheet")
    dialog.get_by_label("Province").select_option("Jawa Barat")
    dialog.get_by_label("City or regency").select_option("Kota Bandung")
    dialog.get_by_label("District").select_option("Coblong")
    dialog.get_by_label("Post code").fill("40132")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("[aria-labelledby=r-addresses]")).to_contain_text("Coblong, Kota Bandung", timeout=PATIENCE)
    address = rina.addresses.get()
    assert (address.street, address.province, address.post_code) == ("Jl. Melati 3", "Jawa Barat", "40132")
