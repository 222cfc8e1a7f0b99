"""The vendor's own client, pointed at the simulator, finds X there."""

import base64
import io

import pytest
from PIL import Image
from xdk import Client
from xdk.direct_messages.models import CreateByParticipantIdRequest
from xdk.media.models import AppendUploadRequest, InitializeUploadRequest, UploadRequest
from xdk.oauth1_auth import OAuth1
from xdk.posts.models import CreateRequest
from xdk.schemas import ActivityStreamResponse
from xdk.webhooks.models import CreateRequest as CreateWebhook

from tests.simulators.webhook import Webhook, webhook
from tests.simulators.x import XSimulator


def a_picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def client(x: XSimulator) -> Client:
    ours = x.secrets
    auth = OAuth1(ours.consumer_key, ours.consumer_secret, "oob", ours.access_token, ours.access_secret)
    return Client(base_url=x.url, auth=auth, bearer_token=ours.bearer_token)


def test_it_posts_and_reads_the_post_back(x: XSimulator, client: Client) -> None:
    made = client.posts.create(CreateRequest(text="Selamat pagi dari Sapa.")).data
    found = client.posts.get_by_id(made.id, post_fields=["created_at", "conversation_id"], expansions=["author_id"])
    assert (found.data.id, found.data.text) == (made.id, "Selamat pagi dari Sapa.")
    assert found.data.conversation_id == made.id
    assert found.includes.users[0].username == x.secrets.handle


def test_it_replies_to_a_mention(x: XSimulator, client: Client) -> None:
    asked = x.post("rina", "@sapa_care sinyal saya hilang")
    made = client.posts.create(CreateRequest(text="Kami bantu, Kak.", reply={"in_reply_to_tweet_id": asked["id"]}))
    found = client.posts.get_by_id(made.data.id, expansions=["referenced_posts", "in_reply_to_user_id"])
    assert [(one.type, one.id) for one in found.data.referenced_posts] == [("replied_to", asked["id"])]
    assert found.data.in_reply_to_user_id == asked["author_id"]


def test_it_reads_every_mention_page_by_page(x: XSimulator, client: Client) -> None:
    before = x.post("budi", "@sapa_care yang dulu")
    sent = [x.post("budi", f"@sapa_care pesan ke-{number}")["id"] for number in range(12)]
    pages = list(
        client.users.get_mentions(x.secrets.user_id, max_results=5, since_id=before["id"], post_fields=["entities"])
    )
    assert [page.meta.result_count for page in pages] == [5, 5, 2]
    assert [post.id for page in pages for post in page.data] == sent[::-1]
    assert pages[0].meta.newest_id == sent[-1]
    assert pages[0].data[0].entities.mentions[0].id == x.secrets.user_id


def test_it_sends_a_direct_message_and_lists_it(x: XSimulator, client: Client) -> None:
    tono = x.tell("users", username="tono")["id"]
    made = client.direct_messages.create_by_participant_id(
        tono, CreateByParticipantIdRequest(text="Boleh minta nomornya?")
    )
    page = next(iter(client.direct_messages.get_events(dm_event_fields=["sender_id", "dm_conversation_id"])))
    newest = page.data[0]
    assert (newest.id, newest.text) == (made.data.dm_event_id, "Boleh minta nomornya?")
    assert (newest.sender_id, newest.dm_conversation_id) == (x.secrets.user_id, made.data.dm_conversation_id)


def test_it_uploads_a_picture_whole_and_in_parts_and_posts_both(x: XSimulator, client: Client) -> None:
    picture = a_picture()
    whole = client.media.upload(
        UploadRequest(media=base64.b64encode(picture).decode(), media_category="tweet_image")
    ).data
    begun = client.media.initialize_upload(
        InitializeUploadRequest(media_category="tweet_image", media_type="image/png", total_bytes=len(picture))
    ).data
    for number, part in enumerate((picture[:40], picture[40:])):
        body = AppendUploadRequest(media=base64.b64encode(part).decode(), segment_index=number)
        client.media.append_upload(begun.id, body)
    assert client.media.finalize_upload(begun.id).data.size == len(picture)
    made = client.posts.create(CreateRequest(text="Dua gambar", media={"media_ids": [whole.id, begun.id]}))
    found = client.posts.get_by_id(made.data.id, expansions=["attachments.media_keys"], media_fields=["url"])
    urls = [one.url for one in found.includes.media]
    assert [client.session.get(url).content for url in urls] == [picture, picture]


def test_it_sends_a_picture_in_private_and_downloads_it(x: XSimulator, client: Client) -> None:
    picture = a_picture()
    body = UploadRequest(media=base64.b64encode(picture).decode(), media_category="dm_image")
    uploaded = client.media.upload(body).data.id
    wati = x.tell("users", username="wati")["id"]
    request = CreateByParticipantIdRequest(attachments=[{"media_id": uploaded}])
    sent = client.direct_messages.create_by_participant_id(wati, request).data.dm_event_id
    reader = Client(base_url=x.url, access_token=x.secrets.user_token)  # X asks for OAuth 2 here
    assert reader.direct_messages.dm_conversations_media_download(sent, uploaded, f"{uploaded}.png") == picture


def test_it_finds_users_by_handle_and_itself(x: XSimulator, client: Client) -> None:
    x.tell("users", username="Sinta_88", name="Sinta")
    found = client.users.get_by_username("sinta_88", user_fields=["receives_your_dm"]).data
    assert (found.name, found.receives_your_dm) == ("Sinta", True)
    assert client.users.get_by_id(found.id).data.username == "Sinta_88"
    signed = Client(base_url=x.url, auth=client.auth)
    assert signed.users.get_me().data.id == x.secrets.user_id


def test_it_registers_lists_validates_and_deletes_a_webhook(x: XSimulator, client: Client) -> None:
    with webhook(x.secrets.consumer_secret) as ours:
        made = client.webhooks.create(CreateWebhook(url=ours.url)).data
        assert made.valid
        assert ours.url in [one.url for one in client.webhooks.get().data]
        assert client.webhooks.validate(made.id).data.valid
    assert client.webhooks.delete(made.id).data.deleted
    assert ours.url not in [one.url for one in client.webhooks.get().data]


def test_it_understands_the_events(x: XSimulator, operator: Webhook) -> None:
    x.post("rina", "@sapa_care kuota saya habis sendiri")
    operator.await_events(1)
    event = ActivityStreamResponse.model_validate_json(operator.got[0][0]).data
    assert (event.event_type, event.filter.user_id) == ("post.mention.create", x.secrets.user_id)
