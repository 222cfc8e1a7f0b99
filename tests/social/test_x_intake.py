"""What customers write on X becomes: cases, threads, one conversation of a public and a private part."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from crm.cases.models import Case
from crm.customers.models import ContactPoint, Customer
from crm.events.models import Event
from crm.messaging import channels
from crm.messaging.models import Arrival, Connection, Message
from crm.timeline.models import Interaction
from social.models import Post, Profile
from social.profiles import keep_profile
from tests.social.x import answer, bring

US = "7000"
IDS = {"rina": "42", "budi": "43", "sapa_care": US}
NOON = timezone.now() - dt.timedelta(minutes=30)
Json = dict[str, Any]


@pytest.fixture
def ours(policy: None) -> Connection:
    return Connection.objects.create(
        channel="x", account="sapa_care", options={"user_id": US, "web_url": "https://x.example"}
    )


def user(name: str) -> Json:
    return {"id": IDS[name], "username": name, "name": name.title()}


def a_post(
    number: int, who: str, text: str, *, to: tuple[int, str] | None = None, minute: float = 0, **more: Any
) -> Json:
    """A v2 post in thread 1; `to` is (parent's id, its author)."""
    post: Json = {
        "id": str(number), "text": text, "author_id": IDS[who], "conversation_id": "1",
        "created_at": (NOON + dt.timedelta(minutes=minute)).isoformat(),
    }  # fmt: skip
    if "@sapa_care" in text:
        post["entities"] = {"mentions": [{"id": US, "username": "sapa_care"}]}
    if to:
        post |= {"in_reply_to_user_id": IDS[to[1]], "referenced_tweets": [{"type": "replied_to", "id": str(to[0])}]}
    return post | more


def tell(ours: Connection, post: Json, kind: str = "post.mention.create") -> Arrival:
    return bring(ours, kind, post, {"users": [user(name) for name in IDS]})


def a_message(number: int, who: str, text: str, *, to: str = "sapa_care", minute: float = 0, **data: Any) -> Json:
    at = (NOON + dt.timedelta(minutes=minute)).timestamp() * 1000
    return {
        "direct_message_events": [{
            "type": "message_create", "id": str(number), "created_timestamp": str(int(at)),
            "message_create": {
                "target": {"recipient_id": IDS[to]}, "sender_id": IDS[who], "message_data": {"text": text} | data,
            },
        }],
        "users": {IDS[name]: {"id": IDS[name], "screen_name": name, "name": name.title()} for name in (who, to)},
    }  # fmt: skip


def whisper(ours: Connection, number: int, who: str, text: str, **more: Any) -> Arrival:
    return bring(ours, "dm.sent" if who == "sapa_care" else "dm.received", a_message(number, who, text, **more))


def texts(case: Case) -> list[str]:
    return list(Interaction.objects.filter(in_case__case=case).order_by("at").values_list("text", flat=True))


def test_a_mention_opens_a_case_at_its_own_time(ours: Connection) -> None:
    arrival = tell(ours, a_post(1, "rina", "@sapa_care sinyal hilang"))
    case = Case.objects.get()
    assert (case.opened_at, case.channel, case.account, case.conversation) == (NOON, "x", "sapa_care", "1")
    assert arrival.interaction == Interaction.objects.get()
    assert case.customer.contact_points.get().value == "rina"


def test_a_reply_to_us_without_our_name_opens_a_case_but_may_not_be_answered_by_an_app(ours: Connection) -> None:
    tell(ours, a_post(2, "rina", "masih begitu", to=(1, "sapa_care")), "post.reply.create")
    assert Case.objects.get().preview == "masih begitu"
    standing = channels.get("x").standing(account="sapa_care", recipient="rina", reply_to="2", is_public=True)
    assert not standing.may
    assert "2026" in str(standing.said)


def test_a_quote_of_ours_opens_a_case_and_may_be_answered(ours: Connection) -> None:
    quote = a_post(2, "rina", "benarkah?", referenced_tweets=[{"type": "quoted", "id": "9"}])
    tell(ours, quote, "post.quote.create")
    assert Case.objects.exists()
    assert channels.get("x").standing(account="sapa_care", recipient="rina", reply_to="2", is_public=True).may


def test_a_quote_of_somebody_else_is_no_case(ours: Connection) -> None:
    quote = a_post(2, "rina", "benarkah?", referenced_tweets=[{"type": "quoted", "id": "9"}])
    included = {"users": [user("rina")], "tweets": [{"id": "9", "author_id": IDS["budi"]}]}
    bring(ours, "post.quote.create", quote, included)
    assert not Case.objects.exists()


def test_a_repost_is_ignored(ours: Connection) -> None:
    repost = a_post(2, "rina", "RT @sapa_care halo", referenced_tweets=[{"type": "retweeted", "id": "1"}])
    assert tell(ours, repost).reason == "repost"
    assert not Post.objects.exists()


def test_a_thread_of_two_customers_is_a_case_each(ours: Connection) -> None:
    tell(ours, a_post(1, "rina", "@sapa_care lambat"))
    tell(ours, a_post(2, "budi", "@sapa_care sama", to=(1, "rina"), minute=1))
    tell(ours, a_post(3, "rina", "@sapa_care tetap", to=(2, "budi"), minute=2))
    assert {case.customer.contact_points.get().value: texts(case) for case in Case.objects.all()} == {
        "rina": ["@sapa_care lambat", "@sapa_care tetap"],
        "budi": ["@sapa_care sama"],
    }


ROWS = [
    (1, "rina", "@sapa_care lambat", None),
    (2, "sapa_care", "Kami cek -Dhea", (1, "rina")),
    (3, "rina", "@sapa_care terima kasih", (2, "sapa_care")),
    (4, "budi", "@sapa_care saya juga", (2, "sapa_care")),
    (5, "sapa_care", "Siap Kak", (4, "budi")),
]


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 0, 4, 1, 3), (1, 3, 0, 2, 4), (4, 1, 2, 0, 3)])
def test_in_whatever_order_a_thread_comes_and_twice_it_ends_the_same(ours: Connection, order: tuple[int, ...]) -> None:
    for index in (*order, *order):
        number, who, text, to = ROWS[index]
        tell(ours, a_post(number, who, text, to=to, minute=number))
    assert {case.customer.contact_points.get().value: texts(case) for case in Case.objects.all()} == {
        "rina": ["@sapa_care lambat", "Kami cek -Dhea", "@sapa_care terima kasih"],
        "budi": ["@sapa_care saya juga", "Siap Kak"],
    }
    assert dict(Post.objects.values_list("external_id", "parent")) == {"1": "", "2": "1", "3": "2", "4": "2", "5": "4"}
    rina = Case.objects.get(customer__contact_points__value="rina")
    assert rina.clocks.get(kind="response", turn=1).verdict == "met"
    assert rina.last_message_at == NOON + dt.timedelta(minutes=3)


def test_a_message_joins_the_public_case_of_the_same_person(ours: Connection) -> None:
    tell(ours, a_post(1, "rina", "@sapa_care sinyal hilang"))
    arrival = whisper(ours, 11, "rina", "nomor saya 0812", minute=1)
    assert texts(Case.objects.get()) == ["@sapa_care sinyal hilang", "nomor saya 0812"]
    assert arrival.interaction == Interaction.objects.get(is_public=False)


def test_a_message_prefers_the_case_in_which_we_invited_to_private(ours: Connection) -> None:
    tell(ours, a_post(1, "rina", "@sapa_care sinyal hilang"))
    invited = Case.objects.get()
    link = channels.get("x").private_link(account="sapa_care")
    answer(invited, f"Lanjut di sini ya Kak {link}", is_public=True)
    tell(ours, a_post(2, "rina", "@sapa_care tagihan salah", conversation_id="2", minute=1))
    whisper(ours, 11, "rina", "halo", minute=2)
    assert link == f"https://x.example/messages/compose?recipient_id={US}"
    assert "halo" in texts(invited)


def test_without_an_invitation_the_newest_running_case_takes_the_message(ours: Connection) -> None:
    tell(ours, a_post(1, "rina", "@sapa_care sinyal hilang"))
    tell(ours, a_post(2, "rina", "@sapa_care tagihan salah", conversation_id="2", minute=1))
    whisper(ours, 11, "rina", "halo", minute=2)
    assert "halo" in texts(Case.objects.get(conversation="2"))


def test_a_message_of_somebody_new_opens_a_case(ours: Connection) -> None:
    whisper(ours, 11, "budi", "halo")
    whisper(ours, 12, "budi", "ada orang?", minute=1)
    case = Case.objects.get()
    assert (case.conversation, texts(case)) == (f"43-{US}", ["halo", "ada orang?"])
    assert not Interaction.objects.filter(is_public=True).exists()


def test_a_message_after_the_case_was_closed_opens_another(ours: Connection) -> None:
    whisper(ours, 11, "budi", "halo")
    Case.objects.update(state="closed", closed_at=timezone.now(), settled_at=timezone.now(), outcome="solved")
    whisper(ours, 12, "budi", "lagi", minute=1)
    assert Case.objects.count() == 2


def test_another_persons_case_never_takes_the_message(ours: Connection) -> None:
    tell(ours, a_post(1, "rina", "@sapa_care sinyal hilang"))
    whisper(ours, 11, "budi", "halo", minute=1)
    assert texts(Case.objects.get(customer__contact_points__value="rina")) == ["@sapa_care sinyal hilang"]


def test_a_message_twice_and_under_two_events_is_one_contact(ours: Connection) -> None:
    first, second = whisper(ours, 11, "budi", "halo"), whisper(ours, 11, "budi", "halo")
    assert first.interaction == second.interaction
    assert Interaction.objects.count() == 1


def test_a_message_that_a_colleague_wrote_on_x_itself_answers_the_case(ours: Connection) -> None:
    whisper(ours, 11, "budi", "halo")
    whisper(ours, 12, "sapa_care", "Ada yang bisa dibantu?", to="budi", minute=1)
    case = Case.objects.get()
    assert texts(case) == ["halo", "Ada yang bisa dibantu?"]
    assert case.clocks.get(kind="response").verdict == "met"
    assert not Message.objects.exists()


def test_a_message_of_ours_to_a_stranger_is_no_case(ours: Connection) -> None:
    assert whisper(ours, 12, "sapa_care", "Promo!", to="budi").state == "taken"
    assert not Case.objects.exists()
    assert not Customer.objects.exists()


def test_a_post_that_a_colleague_wrote_on_x_itself_answers_the_case(ours: Connection) -> None:
    tell(ours, a_post(1, "rina", "@sapa_care lambat"))
    tell(ours, a_post(2, "sapa_care", "Kami cek -Dhea", to=(1, "rina"), minute=1), "post.create")
    contact = Interaction.objects.get(direction="out")
    assert (contact.signature, contact.by_person, contact.reply_to) == ("Dhea", True, "1")
    assert Case.objects.get().clocks.get(kind="response").verdict == "met"


def test_whoever_changes_their_handle_stays_the_same_customer(ours: Connection) -> None:
    tell(ours, a_post(1, "rina", "@sapa_care lambat"))
    renamed = {"id": "42", "username": "Rina_Baru", "name": "Rina"}
    bring(ours, "post.mention.create", a_post(2, "rina", "@sapa_care masih", minute=1), {"users": [renamed]})
    assert texts(Case.objects.get()) == ["@sapa_care lambat", "@sapa_care masih"]
    point = ContactPoint.objects.get()
    assert (point.value, point.display) == ("rina_baru", "Rina_Baru")
    assert Profile.objects.get(external_id="42").handle == "rina_baru"
    moved = Event.objects.get(kind="customer.handle_moved")
    assert "rina" not in str(moved.facts)


def test_whoever_takes_over_a_handle_does_not_take_over_the_customer(ours: Connection) -> None:
    """Their case, and all that was said in private, stays with the one who had the handle before."""
    whisper(ours, 11, "rina", "nomor saya 0812")
    stranger = {"id": "99", "username": "rina", "name": "Bukan Rina"}
    post = a_post(2, "rina", "@sapa_care halo", author_id="99", minute=1)
    bring(ours, "post.mention.create", post, {"users": [stranger]})
    assert Case.objects.count() == Customer.objects.count() == 2
    assert Case.objects.get(conversation=f"42-{US}").customer != Case.objects.get(conversation="1").customer
    back = {"id": "42", "username": "rina_asli", "name": "Rina"}
    bring(ours, "post.mention.create", a_post(3, "rina", "@sapa_care ini saya", minute=2), {"users": [back]})
    assert Customer.objects.count() == 2
    assert ContactPoint.objects.filter(value="rina_asli").exists()


def test_older_news_does_not_bring_an_old_handle_back(ours: Connection) -> None:
    said = {"network": "x", "external_id": "42", "name": "Rina"}
    keep_profile(display="rini", seen_at=NOON, **said)
    keep_profile(display="rina", seen_at=NOON - dt.timedelta(minutes=1), **said)
    assert Profile.objects.get().handle == "rini"


def test_a_post_whose_author_x_does_not_name_waits_and_is_shown(ours: Connection) -> None:
    post = a_post(1, "rina", "@sapa_care halo")
    arrival = bring(ours, "post.mention.create", post, {})
    assert (arrival.state, arrival.reason) == ("waiting", "a post without its author")
    assert not Post.objects.exists()


def test_without_our_user_id_nothing_is_guessed(ours: Connection) -> None:
    ours.options = {}
    ours.save()
    assert tell(ours, a_post(1, "rina", "@sapa_care halo")).reason == "user id unknown"
    assert not Post.objects.exists()


@pytest.mark.parametrize(
    ("reply_to", "may"), [("", False), ("1", True)], ids=["no public post of theirs", "a post that called us"]
)
def test_one_is_told_before_one_types_whether_a_public_answer_may_be_given(
    ours: Connection, reply_to: str, may: bool
) -> None:
    tell(ours, a_post(1, "rina", "@sapa_care halo"))
    standing = channels.get("x").standing(account="sapa_care", recipient="rina", reply_to=reply_to, is_public=True)
    assert (standing.may, bool(standing.said)) == (may, not may)


def test_an_app_with_a_contract_may_answer_any_post(ours: Connection) -> None:
    tell(ours, a_post(2, "rina", "masih", to=(1, "sapa_care")))
    ours.options |= {"unrestricted": True}
    ours.save()
    assert channels.get("x").standing(account="sapa_care", recipient="rina", reply_to="2", is_public=True).may


def test_a_first_message_in_private_is_warned_about_and_allowed(ours: Connection) -> None:
    ask = channels.get("x").standing
    first = ask(account="sapa_care", recipient="rina", reply_to="", is_public=False)
    known = ask(account="sapa_care", recipient="rina", reply_to="11", is_public=False)
    assert (first.may, bool(first.said), known.may, known.said) == (True, True, True, "")
