"""Support threads with exact parents: every brand reply lies in the thread of the post it answers, in any row order."""

import csv
import datetime as dt
import random
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from crm.cases.models import Case
from crm.timeline.models import Interaction
from social.models import Account, Post
from social.placing import placing
from tests.social.rows import NOON

COLUMNS = [
    "tweet_id", "author_id", "inbound", "created_at", "text", "response_tweet_id", "in_response_to_tweet_id",
    "conversation_id",
]  # fmt: skip
BRANDS = ("SapaCare", "OtherHelp")
Row = dict[str, str]


def a_row(number: int, minute: float, who: str, text: str = "halo", *, parent: int | str = "", thread: str = "") -> Row:
    at = NOON + dt.timedelta(minutes=minute)
    return dict.fromkeys(COLUMNS, "") | {
        "tweet_id": str(number), "author_id": who, "inbound": str(who not in BRANDS), "text": text,
        "created_at": f"{at:%a %b %d %H:%M:%S +0000 %Y}", "in_response_to_tweet_id": str(parent),
        "conversation_id": thread,
    }  # fmt: skip


# Two customers in one thread, answers to each, an answer that goes on, one in the second of its post with a smaller
# id, one whose post is missing, and a thread that names nobody.
THREAD = [
    a_row(20, 0, "ani", "@SapaCare lambat", thread="20"),
    a_row(21, 2, "budi", "sama di sini", parent=20, thread="20"),
    a_row(22, 5, "SapaCare", "@ani cek ya", parent=20, thread="20"),
    a_row(23, 6, "SapaCare", "@ani lanjut", parent=22, thread="20"),
    a_row(24, 9, "SapaCare", "@ani @budi kami bantu", parent=21, thread="20"),
    a_row(25, 12, "ani", "terima kasih", parent=23, thread="20"),
    a_row(31, 20, "citra", "kenapa mati", thread="31"),
    a_row(30, 20, "SapaCare", "@citra maaf", parent=31, thread="31"),
    a_row(40, 30, "SapaCare", "@dewi halo", parent=39, thread="39"),
    a_row(41, 31, "dewi", "sudah bisa", parent=40, thread="39"),
    a_row(50, 40, "eka", "tolong", thread="50"),
    a_row(51, 41, "OtherHelp", "@eka DM ya", parent=50, thread="50"),
    a_row(52, 43, "SapaCare", "@eka sama kami juga", parent=50, thread="50"),
    a_row(53, 44, "eka", "ke yang pertama", parent=51, thread="50"),
]
CASES = {
    "SapaCare": {
        "ani": ["@SapaCare lambat", "@ani cek ya", "@ani lanjut", "terima kasih"],
        "budi": ["sama di sini", "@ani @budi kami bantu"],
        "citra": ["@citra maaf", "kenapa mati"],
        "eka": ["tolong", "@eka sama kami juga"],
    },
    "OtherHelp": {"eka": ["tolong", "@eka DM ya", "ke yang pertama"]},
}


def write(path: Path, rows: Iterable[Row], columns: list[str] = COLUMNS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def bring(path: Path, *accounts: str, replay: bool = True) -> str:
    out = StringIO()
    call_command("import_posts", path, network="x", account=list(accounts), replay=replay, stdout=out, stderr=out)
    return out.getvalue()


def cases() -> dict[str, dict[str, list[str]]]:
    """Brand -> customer -> what was said in their case, in order."""
    found: dict[str, dict[str, list[str]]] = {}
    for case in Case.objects.all():
        said = Interaction.objects.filter(in_case__case=case).order_by("at", "post__external_id")
        customer = case.customer.contact_points.get().value
        assert customer not in found.setdefault(case.account, {}), "two cases of one customer"
        found[case.account][customer] = list(said.values_list("text", flat=True))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_the_rows_gives_the_same_threads(tmp_path: Path, seed: int) -> None:
    rows = [*THREAD, *THREAD[::3]]
    random.Random(seed).shuffle(rows)
    bring(write(tmp_path / "threads.csv", rows))
    assert cases() == CASES


@pytest.mark.django_db
def test_the_same_file_twice_adds_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "threads.csv", THREAD)
    bring(path)
    before = list(Post.objects.order_by("pk").values())
    bring(path)
    assert (list(Post.objects.order_by("pk").values()), cases()) == (before, CASES)


@pytest.mark.django_db
def test_every_reply_lies_with_its_parent_and_the_command_counts_them(tmp_path: Path) -> None:
    said = bring(write(tmp_path / "threads.csv", THREAD[::-1]))
    assert placing(Account.objects.get(handle="SapaCare")) == (5, 5)
    assert placing(Account.objects.get(handle="OtherHelp")) == (1, 1)
    assert " 6 " in said.splitlines()[-1]


@pytest.mark.django_db
def test_what_answers_a_post_that_is_missing_is_kept_and_guessed_to_nobody(tmp_path: Path) -> None:
    bring(write(tmp_path / "threads.csv", THREAD))
    lost = Post.objects.get(external_id="40")
    assert (lost.state, lost.interaction, lost.parent) == ("mention", None, "39")


@pytest.mark.django_db
def test_parents_that_come_with_a_later_file_find_their_replies(tmp_path: Path) -> None:
    late = [row for row in THREAD if row["tweet_id"] in ("20", "21", "31")]
    bring(write(tmp_path / "first.csv", [row for row in THREAD if row not in late]), "SapaCare")
    bring(write(tmp_path / "second.csv", [*THREAD, a_row(39, 29, "dewi", "min?", thread="39")]), "SapaCare")
    assert cases() == {"SapaCare": CASES["SapaCare"] | {"dewi": ["min?", "@dewi halo", "sudah bisa"]}}


@pytest.mark.django_db
def test_without_a_column_of_conversations_the_topmost_post_names_it(tmp_path: Path) -> None:
    bring(write(tmp_path / "threads.csv", THREAD, [name for name in COLUMNS if name != "conversation_id"]))
    assert cases() == CASES


@pytest.mark.django_db
def test_a_reply_stays_with_its_parent_even_if_a_row_names_another_conversation(tmp_path: Path) -> None:
    rows = [row | {"conversation_id": row["tweet_id"]} for row in THREAD]
    bring(write(tmp_path / "threads.csv", rows))
    assert cases() == CASES


@pytest.mark.django_db
def test_one_brand_alone_may_be_taken_and_a_stranger_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "threads.csv", THREAD)
    bring(path, "@otherhelp")
    assert cases() == {"otherhelp": CASES["OtherHelp"]}
    with pytest.raises(CommandError, match="OtherHelp, SapaCare"):
        bring(path, "Nobody")
    assert Post.objects.filter(account__handle="Nobody").count() == 0


@pytest.mark.django_db
def test_a_thread_of_no_brand_and_a_row_that_says_nothing_are_refused_once(tmp_path: Path) -> None:
    bad = [
        a_row(60, 0, "fani", "tidak ada apa-apa", thread="60"),
        a_row(61, 0, "ani") | {"created_at": "31/10/2017"},
        a_row(62, 0, "ani") | {"inbound": "maybe"},
        a_row(63, 0, ""),
    ]
    bring(write(tmp_path / "threads.csv", [*THREAD, *bad]), replay=False)
    refused = [(one.column, one.reason) for post_import in Account.objects.order_by("handle")
               for one in post_import.imports.get().refused.all()]  # fmt: skip
    assert refused == [
        ("in_response_to_tweet_id", "no_brand"), ("created_at", "date"), ("inbound", "flag"), ("author_id", "empty"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_posts_that_answer_each_other_in_a_ring_end_as_well(tmp_path: Path) -> None:
    ring = [a_row(1, 0, "ani", parent=2), a_row(2, 1, "SapaCare", parent=3), a_row(3, 2, "SapaCare", parent=2)]
    bring(write(tmp_path / "threads.csv", ring))
    assert Post.objects.count() == 3


@pytest.mark.django_db
def test_a_customer_who_answers_a_brand_belongs_to_it_whoever_they_name(tmp_path: Path) -> None:
    rows = [*THREAD, a_row(54, 45, "eka", "@SapaCare bagaimana", parent=51, thread="50")]
    bring(write(tmp_path / "threads.csv", rows))
    assert cases()["OtherHelp"]["eka"][-1] == "@SapaCare bagaimana"
    assert not Post.objects.filter(external_id="54", account__handle="SapaCare").exists()


@pytest.mark.django_db
def test_the_other_format_still_asks_whose_archive_it_is(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(
        "tweet_id,conversation_id,created_at_utc,username,in_reply_to_screen_name,text\n1,1,2025-03-03T12:00:00Z,ani,,hai\n"
    )
    for accounts in ((), ("one", "two")):
        with pytest.raises(CommandError):
            bring(path, *accounts)
    assert not Post.objects.exists()


def some_threads(chance: random.Random, size: int = 40) -> list[Row]:
    """A random forest: any post may hang on any earlier one, on one that is missing, or on nothing."""
    rows: list[Row] = []
    for number in range(1, size + 1):
        who = chance.choice(["ani", "budi", "citra", *BRANDS])
        parent = chance.choice(["", *(row["tweet_id"] for row in rows[-6:]), "999"]) if rows else ""
        above = next((row for row in rows if row["tweet_id"] == parent), None)
        text = chance.choice(["halo", "@SapaCare lambat", "@OtherHelp tolong @sapacare", "@ani ya"])
        # ids say nothing about time, and some posts share a second
        key = chance.choice([number, 500 - number])
        rows.append(
            a_row(key, number // 2, who, text, parent=parent, thread=above["conversation_id"] if above else f"t{key}")
        )
    return rows


def outcome(path: Path, rows: list[Row]) -> tuple[dict[str, dict[str, list[str]]], list[tuple[int, int]]]:
    with transaction.atomic():
        bring(write(path, rows))
        found = threads(), [placing(account) for account in Account.objects.order_by("handle")]
        transaction.set_rollback(True)
    return found  # type: ignore[return-value]


def threads() -> list[tuple]:
    """All that is stored of cases, without surrogate keys."""
    shown = ("account__handle", "external_id", "state", "interaction__in_case__case__conversation",
             "interaction__in_case__case__customer__contact_points__value")  # fmt: skip
    return list(Post.objects.order_by(*shown).values_list(*shown))


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_any_forest_of_posts_gives_the_same_threads_in_any_order(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    rows = some_threads(chance)
    found, placed = outcome(tmp_path / "one.csv", rows)
    jumbled = chance.sample(rows, len(rows)) + rows[:5]
    assert outcome(tmp_path / "two.csv", jumbled) == (found, placed)
    assert all(replies == lying for replies, lying in placed)
    assert any(replies for replies, _lying in placed)
