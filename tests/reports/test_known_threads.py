"""The English support threads, where they are at hand: figures of each brand, computed once more from the bare rows."""

import csv
import datetime as dt
import json
import os
from collections import defaultdict
from io import StringIO
from pathlib import Path
from statistics import median

import pytest
from django.core.management import call_command

from crm.cases.models import CaseInteraction
from social.models import Account, Post
from social.placing import placing

DATA = Path(os.environ.get("SAPA_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
THREADS = DATA / "twcs_telecom" / "twcs_telecom_even.csv"
Row = dict[str, str]


def rows() -> dict[str, Row]:
    with THREADS.open(encoding="utf-8-sig", newline="") as file:
        return {row["tweet_id"]: row for row in csv.DictReader(file)}


def customer_above(row: Row, by_id: dict[str, Row]) -> Row | None:
    above = by_id.get(row["in_response_to_tweet_id"])
    while above is not None and above["author_id"] == row["author_id"]:
        above = by_id.get(above["in_response_to_tweet_id"])
    return above


def when(row: Row) -> dt.datetime:
    return dt.datetime.strptime(row["created_at"], "%a %b %d %H:%M:%S %z %Y")


def minutes_to_first_answers(by_id: dict[str, Row]) -> dict[str, list[float]]:
    """Brand -> for each customer in a thread: from the first post there to the first answer that hangs on one."""
    answers: dict[tuple[str, str, str], list[dt.datetime]] = defaultdict(list)
    first: dict[tuple[str, str], dt.datetime] = {}
    for row in by_id.values():
        if row["inbound"] == "True":
            key = row["conversation_id"], row["author_id"]
            first[key] = min(first.get(key, when(row)), when(row))
        elif above := customer_above(row, by_id):
            answers[row["author_id"], above["conversation_id"], above["author_id"]].append(when(row))
    found: dict[str, list[float]] = defaultdict(list)
    for (brand, thread, who), given in answers.items():
        later = [at for at in given if at > first[thread, who]]
        found[brand] += [(min(later) - first[thread, who]).total_seconds() / 60] if later else []
    return found


@pytest.mark.skipif(not THREADS.exists(), reason="SAPA_DATA does not hold twcs_telecom/twcs_telecom_even.csv")
@pytest.mark.django_db
def test_every_reply_lies_with_its_parent_and_the_figures_are_those_of_the_rows() -> None:
    out = StringIO()
    call_command("import_posts", THREADS, network="x", replay=True, stdout=out, stderr=out)
    by_id = rows()
    replies = {key: row for key, row in by_id.items() if row["inbound"] == "False"}
    with_parent = {key: row for key, row in replies.items() if row["in_response_to_tweet_id"] in by_id}
    placed = [placing(account) for account in Account.objects.all()]
    assert sum(one.replies for one in placed) == sum(one.placed for one in placed) == len(with_parent) == 177
    assert_each_lies_in_the_case_of_whom_it_answers(with_parent, by_id)
    assert_figures(minutes_to_first_answers(by_id))


def assert_each_lies_in_the_case_of_whom_it_answers(replies: dict[str, Row], by_id: dict[str, Row]) -> None:
    """Not by the product's own count: the case's customer is the author of the parent."""
    for key, row in replies.items():
        above = customer_above(row, by_id)
        assert above is not None
        post = Post.objects.get(external_id=key, account__handle=row["author_id"])
        case = CaseInteraction.objects.get(interaction=post.interaction).case
        assert case.customer.contact_points.get().value == above["author_id"]
        assert case.conversation == above["conversation_id"]


def assert_figures(expected: dict[str, list[float]]) -> None:
    out = StringIO()
    call_command("sla_report", archives=True, json=True, stdout=out)
    found = json.loads(out.getvalue())
    assert set(found) == set(expected)
    for brand, waits in expected.items():
        share = round(100 * sum(wait <= 15 for wait in waits) / len(waits), 1)
        told = found[brand]
        assert (told["answered"], told["within_15_percent"]) == (len(waits), share)
        assert told["median_minutes"] == pytest.approx(median(waits), abs=0.06)
        assert told["p90_minutes"] == pytest.approx(ninth_tenth(sorted(waits)), abs=0.06)
    known = {"TMobileHelp": (31, 87.1), "comcastcares": (33, 51.5), "CoxHelp": (5, 0.0)}
    assert {brand: (found[brand]["answered"], found[brand]["within_15_percent"]) for brand in known} == known


def ninth_tenth(ordered: list[float]) -> float:
    """Linear between neighbours."""
    place = (len(ordered) - 1) * 0.9
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
