"""The simulator's page in a browser: what comes, comes by itself."""

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, expect
from requests_oauthlib import OAuth1

from tests.browser.conftest import PATIENCE
from tests.simulators.x import XSimulator, x_simulator


@pytest.fixture
def x(tmp_path_factory: pytest.TempPathFactory) -> Iterator[XSimulator]:
    with x_simulator(tmp_path_factory.mktemp("x")) as running:
        yield running


@pytest.fixture
def page(browser: Browser, x: XSimulator) -> Iterator[Page]:
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(x.url)
    yield page
    context.close()


def test_a_customer_posts_writes_and_is_answered_without_a_reload(page: Page, x: XSimulator) -> None:
    ours = x.secrets
    auth = OAuth1(ours.consumer_key, ours.consumer_secret, ours.access_token, ours.access_secret)
    page.fill("#username", "rina")
    page.get_by_role("button", name="Be this person").click()
    page.fill("#say", "Signal gone since morning")
    page.locator("#composer").get_by_role("button", name="Post").click()
    expect(page.locator(".xs-post")).to_have_count(1)
    (post,) = x.ask("posts", by="rina")["posts"]
    assert post["text"] == "@sapa_care Signal gone since morning"

    answer = {"text": "On our way", "reply": {"in_reply_to_tweet_id": post["id"]}}
    requests.post(f"{x.url}/2/tweets", json=answer, auth=auth, timeout=5)
    expect(page.locator(".xs-post.ours")).to_contain_text("On our way", timeout=PATIENCE)

    page.fill("#whispered", "My number")
    page.locator("#whisper").get_by_role("button", name="Send").click()
    expect(page.locator(".xs-line.mine")).to_contain_text("My number")
    page.fill("#say", "half a sentence")
    private = f"{x.url}/2/dm_conversations/with/{post['author_id']}/messages"
    requests.post(private, json={"text": "Thank you"}, auth=auth, timeout=5)
    expect(page.locator(".xs-line:not(.mine)")).to_contain_text("Thank you", timeout=PATIENCE)
    expect(page.locator("#say")).to_have_value("half a sentence")
