"""Files of facts: what is taken, what is refused row by row and why, and that twice adds nothing."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from crm.billing.actions import begin_load
from crm.billing.loading import running, turns
from crm.billing.loading.faults import FileFault
from crm.billing.loading.mapping import read_mapping
from crm.billing.models import Bill, ExternalId, LineMonths, Load, Refusal, Said, Usage
from crm.customers.models import Customer, Subscription
from tests.billing.files import BILLS, HEAD, PEOPLE, USAGE, load, refused
from tests.connections import somebody_else
from tests.people import a_customer, a_line
from tests.processes import process

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE_WITH_STATES = PEOPLE + 'state = "keadaan"\ntotal = "total"\n'
GOOD = "0812-0000-0001,B-1,2026-09,125.000,13.750,20/10/2026\n"


@pytest.fixture
def line():
    return a_line(a_customer(), "+6281200000001", product="kartuHALO")


def test_a_bill_reaches_its_line_and_its_last_months(tmp_path, line):
    done = load(tmp_path, GOOD, head=HEAD)
    bill = Bill.objects.get()
    assert (bill.subscription, bill.customer, bill.load) == (line, line.customer, done)
    assert (bill.net, bill.tax, bill.total, bill.month) == (125_000, 13_750, 138_750, dt.date(2026, 9, 1))
    assert bill.due == dt.date(2026, 10, 20)
    assert LineMonths.objects.get().revenue[0] == 125_000
    assert (done.state, done.facts_new, done.medians) == ("done", 1, {"2026-09": "125000.000"})
    assert not Said.objects.exists()


def test_columns_that_nobody_asks_for_may_be_headed_alike(tmp_path, line):
    done = load(tmp_path, GOOD.replace("\n", ",a,b\n"), head=HEAD.replace("\n", ",,\n"))
    assert (done.facts_new, Bill.objects.get().number) == (1, "B-1")


def test_the_same_file_twice_adds_nothing(tmp_path, line):
    load(tmp_path, GOOD, head=HEAD)
    again = load(tmp_path, GOOD, head=HEAD)
    assert (again.facts_new, again.facts_changed, again.facts_known) == (0, 0, 1)
    assert Bill.objects.count() == 1


def test_a_corrected_bill_changes_the_bill_and_the_months(tmp_path, line):
    load(tmp_path, GOOD, head=HEAD)
    again = load(tmp_path, GOOD.replace("125.000", "100.000"), head=HEAD)
    assert (again.facts_new, again.facts_changed) == (0, 1)
    assert (Bill.objects.get().net, LineMonths.objects.get().revenue[0]) == (100_000, 100_000)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("0812-0000-0001,B-2,2026-09,1.25.000,0,", "Netto", "amount"),
        ("0812-0000-0001,B-2,2026-09,125000.00,0,", "Netto", "amount"),
        ("0812-0000-0001,B-2,2026-09,\"125,000\",0,", "Netto", "amount"),
        ("0812-0000-0001,B-2,2026-09,\"125,00\",0,", "Netto", "ok"),
        ("0812-0000-0001,B-2,2026-09,\"125,5\",0,", "Netto", "fraction"),
        ("0812-0000-0001,B-2,2026-09,-125.000,0,", "Netto", "ok"),
        ("0812-0000-0001,B-2,2026-09,9.000.000.000,0,", "Netto", "range"),
        ("0812-0000-0001,B-2,09/2026,1,0,", "Bulan", "date"),
        ("0812-0000-0001,B-2,2026-13,1,0,", "Bulan", "date"),
        ("0812-0000-0001,B-2,2062-01,1,0,", "Bulan", "future"),
        ("0812-0000-0001,B-2,2026-09,1,0,2026-10-20", "Jatuh tempo", "ok"),
        ("0812-0000-0001,B-2,2026-09,1,0,10/20/2026", "Jatuh tempo", "date"),
        ("0812-0000-0001,,2026-09,1,0,", "No", "empty"),
        ("0812-0000-0001,B-1,2026-09,125.000,13.750,20/10/2026", "number", "double"),
        ("halo,B-2,2026-09,1,0,", "MSISDN", "msisdn"),
        ("0812-0000-0099,B-2,2026-09,1,0,", "MSISDN", "unknown"),
        ("0812-0000-0001,B-2,2026-09,1", "", "cells"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_refused_with_its_reason_and_the_rest_is_taken(tmp_path, line, row, column, reason):
    done = load(tmp_path, f"{GOOD}{row}\n0812-0000-0001,B-9,2026-08,1,0,\n", head=HEAD)
    if reason == "ok":
        assert (refused(done), Bill.objects.count()) == ([], 3)
    else:
        assert [(number, why) for number, _column, why in refused(done)] == [(3, reason)]
        assert refused(done)[0][1] in {column, "No"}
        assert set(Bill.objects.values_list("number", flat=True)) == {"B-1", "B-9"}
        assert Refusal.objects.get().cells[0] == row.split(",")[0]


def test_bytes_that_are_no_text_spoil_their_row_alone(tmp_path, line):
    bad = GOOD.replace("B-1", "B-é").encode("windows-1252")
    done = load(tmp_path, HEAD.encode() + bad + GOOD.encode())
    assert refused(done) == [(2, "", "encoding")]
    assert Bill.objects.get().number == "B-1"


def test_a_double_is_found_however_far_above_its_twin_lies(tmp_path, line, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 2)
    rows = "".join(GOOD.replace("B-1", f"B-{n}") for n in (1, 2, 3, 4, 1))
    assert refused(load(tmp_path, rows, head=HEAD)) == [(6, "No", "double")]


def test_a_bill_of_another_line_is_not_moved_by_a_file(tmp_path, line):
    other = a_line(a_customer(), "+6281200000002", product="kartuHALO")
    load(tmp_path, GOOD, head=HEAD)
    done = load(tmp_path, GOOD.replace("0001", "0002"), head=HEAD)
    assert refused(done) == [(2, "No", "elsewhere")]
    assert not other.bills.exists()


def test_a_bill_never_reaches_whoever_got_the_number_later(tmp_path):
    number = "+6281200000001"
    past = a_line(a_customer(), number, product="kartuHALO", state="removed", ended_on=dt.date(2026, 9, 15))
    a_line(a_customer("Budi"), number, product="kartuHALO", activated_on=dt.date(2026, 10, 3))
    load(tmp_path, GOOD, head=HEAD)
    assert Bill.objects.get().subscription == past


def test_a_file_without_the_columns_is_refused_whole_and_names_them(tmp_path, line):
    with pytest.raises(FileFault, match="Netto, PPN"):
        load(tmp_path, "0812,B-1,2026-09,20/10/2026\n", head="MSISDN,No,Bulan,Jatuh tempo\n")
    assert not Load.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        ('kind = "bills"', 'kind = "bils"'),
        ('source = "bill"', 'source = "A B"'),
        ('thousands = "."', 'thousands = ","'),
        ('"DD/MM/YYYY"', '"DD/MM/YYYY", "MM/DD/YYYY"'),
        ('number = "No"', 'nummer = "No"'),
        ('net = "Netto"', ""),
        ("[columns]", "[columns"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(change):
    with pytest.raises(FileFault) as fault:
        read_mapping(BILLS.replace(*change))
    assert str(fault.value)


def test_a_killed_run_goes_on_behind_its_last_batch(tmp_path, line, monkeypatch):
    """As if the worker had died in the third batch: what was committed stays, what was not is done once."""
    monkeypatch.setattr(running, "BATCH", 2)
    rows = "".join(GOOD.replace("B-1", f"B-{n}") for n in range(7))
    path = tmp_path / "facts.csv"
    path.write_text(HEAD + rows)
    begun = begin_load(path=path, mapping=BILLS, by=None)
    written = running.write_facts
    calls = iter([written, written])

    class Killed(BaseException):
        pass

    def die(*args):
        act = next(calls, None)
        if act is None:
            raise Killed
        return act(*args)

    monkeypatch.setattr(running, "write_facts", die)
    with pytest.raises(Killed):
        running.run_load(begun, path)
    begun.refresh_from_db()
    assert (begun.rows_read, Bill.objects.count(), begun.state) == (4, 4, "running")
    monkeypatch.setattr(running, "write_facts", written)
    assert begin_load(path=path, mapping=BILLS, by=None).pk == begun.pk
    done = running.run_load(begun, path)
    assert (done.rows_read, done.facts_new, done.rows_refused, Bill.objects.count()) == (7, 7, 0, 7)


WORKER = """
import sys, pathlib, django
django.setup()
from crm.billing.loading import running, turns
from crm.billing.models import Load
running.BATCH = 50
running.run_load(Load.objects.get(), pathlib.Path(sys.argv[1]))
"""


def test_a_process_killed_in_the_middle_of_two_batches_leaves_nothing_half_and_the_next_writes_all_once(tmp_path, line):
    lines = [line, *(a_line(line.customer, f"+628120000{n:04}", product="kartuHALO") for n in range(2, 42))]
    rows = (
        GOOD.replace("0812-0000-0001", lines[n // 50 % 40].msisdn).replace("B-1", f"B-{n}") for n in range(20_000)
    )  # two batches beside each other are about different lines
    path = tmp_path / "facts.csv"
    path.write_text(HEAD + "".join(rows))
    begun = begin_load(path=path, mapping=BILLS, by=None)
    with process("-c", WORKER, str(path), DJANGO_SETTINGS_MODULE="crm.settings") as worker:
        while begun.rows_read < 500:
            assert worker.poll() is None
            begun.refresh_from_db()
        worker.kill()
        worker.wait()
    begun.refresh_from_db()
    read = begun.rows_read
    while (done := running.run_load(begun, path)).is_moving:  # the server notices at its next word that nobody listens
        assert done.rows_read <= 20_000
    assert (500 <= read < 20_000, done.rows_read, done.facts_new, Bill.objects.count()) == (True, *[20_000] * 3)


def test_what_stands_above_a_fault_of_the_file_is_taken_and_stays(tmp_path, line, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 1)
    done = load(tmp_path, GOOD + '0812-0000-0001,"B-2,2026-09,1,0,\n' + "x" * 200_000, head=HEAD)
    assert (done.state, done.rows_read) == ("failed", 1)
    assert "tanda kutip" in done.error.lower()
    assert list(Bill.objects.values_list("number", flat=True)) == ["B-1"]


def test_a_second_process_passes_a_running_load_by(tmp_path, line):
    path = tmp_path / "facts.csv"
    path.write_text(HEAD + GOOD)
    begun = begin_load(path=path, mapping=BILLS, by=None)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [running.LOCK, begun.pk])
        assert running.run_load(begun, path).state == "queued"
    finally:
        other.close()
    assert not Bill.objects.exists()


def test_months_that_name_other_fields_are_refused_before_a_row_is_read():
    with pytest.raises(FileFault, match="2026-10"):
        read_mapping(USAGE.replace('"a9"', '"a9"\nrecharged = "r9"'))


def test_months_side_by_side_become_one_fact_each_and_lines_are_made(tmp_path):
    mapping = USAGE.replace('"id"', '"id"\ndays_on_network = "aon"')
    mapping = mapping.replace('"a9"', '"a9"\nrecharged = "r9"').replace('"a10"', '"a10"\nrecharged = "r10"')
    done = load(tmp_path, "id,aon,a9,r9,d9,e9,a10,r10,d10,e10\n77,31,1.5,3,10,2.5,-0.25,,,\n78,9,x,,,,1,,,\n", mapping)
    assert (done.lines_made, done.facts_new, done.rows_refused) == (1, 2, 1)
    line = Subscription.objects.get()
    assert (line.msisdn, line.product_id, line.customer.name) == ("arsip:77", "simPATI", "")
    september, october = Usage.objects.order_by("month")
    assert (line.activated_on, september.recharged, october.recharged) == (dt.date(2026, 10, 1), 3000, None)
    assert (september.charged, september.megabytes) == (1500, 12.5)
    assert (october.charged, october.megabytes) == (-250, None)
    assert LineMonths.objects.get().revenue[:2] == [-250, 1500]


def test_months_side_by_side_may_name_their_fields_in_any_order(tmp_path):
    october = 'charged = "a10"\nmegabytes = ["d10", "e10"]\n'
    swapped = USAGE.replace(october, "".join(reversed(october.splitlines(keepends=True))))
    assert swapped != USAGE
    load(tmp_path, "id,a9,d9,e9,a10,d10,e10\n7,1,2,3,4,5,6\n", swapped)
    assert list(Usage.objects.order_by("month").values_list("charged", "megabytes")) == [(1000, 5), (4000, 11)]


def test_a_refused_row_makes_no_line_and_no_customer(tmp_path, line):
    making = BILLS.replace('kind = "bills"', 'kind = "bills"\ncreate = true\nproduct = "kartuHALO"')
    known = "0812-0000-0001,B-1,2026-09,1,0,\n"
    rows = f"{known}0812-0000-0002,B-1,2026-09,1,0,\n0812-0000-0003,B-3,2026-09,1,0,\n"
    done = load(tmp_path, rows, making, head=HEAD)
    assert (refused(done), done.lines_made) == ([(3, "No", "double")], 1)
    assert list(Subscription.objects.order_by("msisdn").values_list("msisdn", flat=True)) == [
        "+6281200000001",
        "+6281200000003",
    ]
    assert Customer.objects.count() == 2
    again = load(tmp_path, known.replace("0001", "0004"), making, head=HEAD, name="again.csv")
    assert (refused(again), Customer.objects.count()) == ([(2, "No", "elsewhere")], 2)


def test_a_nik_with_letters_is_refused_and_the_others_become_customers(tmp_path):
    text = "id,nama,nomor,nik\n1,Rina,081200000001,3273014503900001\n2,Budi,081200000002,32730145O3900001\n"
    done = load(tmp_path, text, PEOPLE)
    assert refused(done) == [(3, "nik", "nik")]
    assert Customer.objects.get().name == "Rina"
    assert Subscription.objects.get().msisdn == "+6281200000001"


def test_a_file_fills_what_is_empty_and_leaves_what_people_wrote(tmp_path):
    load(tmp_path, "id,nama,nomor,nik\n1,,081200000001,\n2,Budi,081200000002,\n", PEOPLE)
    Customer.objects.filter(name="Budi").update(name="Budi Santoso")
    again = load(tmp_path, "id,nama,nomor,nik\n1,Rina,081200000001,\n2,Budi,081200000002,\n", PEOPLE)
    assert (again.facts_new, again.facts_changed, again.facts_known) == (0, 1, 1)
    assert set(Customer.objects.values_list("name", flat=True)) == {"Rina", "Budi Santoso"}


@pytest.mark.parametrize("size", [1, 20])
def test_two_rows_about_one_number_make_one_line_be_they_in_one_batch_or_in_two(tmp_path, monkeypatch, size):
    monkeypatch.setattr(running, "BATCH", size)
    done = load(tmp_path, "id,nama,nomor,nik\n1,Rina,081200000001,\n2,Rina,081200000001,\n", PEOPLE)
    assert (done.state, done.facts_new, done.facts_known) == ("done", 1, 1)
    assert Subscription.objects.get().customer == Customer.objects.get()
    assert set(Customer.objects.get().external_ids.values_list("value", flat=True)) == {"1", "2"}


@pytest.mark.parametrize("size", [1, 20])
def test_rows_near_each_other_mean_what_they_mean_far_apart(tmp_path, monkeypatch, size):
    """A recycled number and its next holder, a known customer and somebody new, totals: in one batch or in several."""
    monkeypatch.setattr(running, "BATCH", size)
    load(tmp_path, "id,nama,nomor,nik,keadaan,total\n9,Sari,081200000009,,,\n", PEOPLE_WITH_STATES)
    rows = (
        "1,Rina,081200000001,,recycled,", "2,Budi,081200000001,,active,", "9,Sari,081200000002,,,5",
        "3,,081200000002,,,6", "4,,081200000003,,,7", "5,Ayu,081200000003,,,8",
    )  # fmt: skip
    done = load(tmp_path, "\n".join(["id,nama,nomor,nik,keadaan,total", *rows, ""]), PEOPLE_WITH_STATES, name="b.csv")
    assert (done.state, done.facts_new, done.lines_made) == ("done", 3, 4)
    lines = Subscription.objects.order_by("msisdn", "state").values_list("msisdn", "customer__name", "state")
    assert [(number[-1], name, state) for number, name, state in lines] == [
        ("1", "Budi", "active"), ("1", "Rina", "recycled"), ("2", "Sari", "active"), ("3", "Ayu", "active"),
        ("9", "Sari", "active"),
    ]  # fmt: skip
    assert sorted(LineMonths.objects.values_list("before", flat=True)) == [6, 8]
    owners = ExternalId.objects.order_by("value").values_list("value", "customer__name")
    assert list(owners) == [("1", "Rina"), ("2", "Budi"), ("3", "Sari"), ("4", "Ayu"), ("5", "Ayu"), ("9", "Sari")]


def test_whom_a_batch_finds_when_the_one_above_is_written_is_known_to_the_one_below(tmp_path, monkeypatch):
    """The second means customer 0 only once the first has made the line; the third holds another line of theirs."""
    who = a_customer("")
    a_line(who, "+6281200000002")
    ExternalId.objects.create(customer=who, source="crm", value="0")
    monkeypatch.setattr(running, "BATCH", 1)
    named, name = [], turns.Turn.name
    monkeypatch.setattr(turns.Turn, "name", lambda turn, about: (named.append(about), name(turn, about)))
    done = load(tmp_path, "id,nama,nomor,nik\n0,,081200000001,\n2,A,081200000001,\n3,B,081200000002,\n", PEOPLE)
    assert (done.state, done.facts_changed, Customer.objects.get().name) == ("done", 1, "A")
    assert who.pk in named[1]


def test_a_row_that_somebody_else_holds_stops_a_load_for_a_while_and_never_for_good(tmp_path, line, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 1)
    monkeypatch.setattr(turns, "PATIENCE", 0.2)
    other = a_line(line.customer, "+6281200000002", product="kartuHALO")
    rows = GOOD + GOOD.replace("0001", "0002").replace("B-1", "B-2")
    load(tmp_path, rows, head=HEAD)
    path = tmp_path / "corrected.csv"
    path.write_text(HEAD + rows.replace("125.000", "130.000"))
    begun = begin_load(path=path, mapping=BILLS, by=None)
    with somebody_else() as does, transaction.atomic():
        Bill.objects.select_for_update().get(number="B-1")
        with pytest.raises(OperationalError):
            does(running.run_load, begun, path).result(20)
    assert set(Bill.objects.values_list("net", flat=True)) == {125_000}
    assert running.run_load(begun, path).facts_changed == 2
    assert LineMonths.objects.get(subscription=other.pk).revenue[0] == 130_000


def test_months_of_one_line_in_batches_written_at_a_time_all_count(tmp_path, line, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 1)
    load(tmp_path, "".join(GOOD.replace("B-1", f"B-{n}").replace("-09", f"-0{n}") for n in (6, 7, 8, 9)), head=HEAD)
    assert LineMonths.objects.get().revenue[:4] == [125_000] * 4


def test_a_number_said_of_two_lines_is_a_double_in_whichever_batch(tmp_path, line, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 1)
    a_line(a_customer(), "+6281200000002", product="kartuHALO")
    other = GOOD.replace("0001", "0002")
    assert refused(load(tmp_path, GOOD + other * 3, head=HEAD)) == [(row, "No", "double") for row in (3, 4, 5)]


def test_two_files_about_one_line_loaded_at_a_time_both_count(tmp_path, line, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 1)

    def a_load(name):
        path = tmp_path / name
        months = {"a": (6, 8), "b": (7, 9)}[name]
        path.write_text(HEAD + "".join(GOOD.replace("B-1", f"B-{n}").replace("-09", f"-0{n}") for n in months))
        return begin_load(path=path, mapping=BILLS, by=None), path

    def run(begun):
        try:
            return running.run_load(*begun).state
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run, [a_load("a"), a_load("b")])) == ["done", "done"]
    assert LineMonths.objects.get().revenue[:4] == [125_000] * 4


def test_whoever_lost_the_claim_writes_nothing_that_another_took(tmp_path, line, monkeypatch):
    path = tmp_path / "facts.csv"
    path.write_text(HEAD + GOOD)
    begun = begin_load(path=path, mapping=BILLS, by=None)
    staged = running.stage

    def overtaken(*args):
        Load.objects.update(position=len(HEAD + GOOD))
        staged(*args)

    monkeypatch.setattr(running, "stage", overtaken)
    with pytest.raises(running.Overtaken):
        running.run_load(begun, path)
    assert not Bill.objects.exists()
