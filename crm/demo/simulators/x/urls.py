"""Addresses of the simulator: X's API, the control API, pictures and the page."""

from django.urls import include, path

from crm.demo.simulators.x import control, pictures
from crm.demo.simulators.x.page import behind, customer, saying, taste
from crm.demo.simulators.x.rest import direct, tokens, tweets, uploads, users, webhooks
from crm.demo.simulators.x.rest.endpoint import by_method

API = [
    path("oauth2/token", by_method(POST=tokens.token)),
    path("2/tweets", by_method(POST=tweets.create)),
    path("2/tweets/<int:post_id>", by_method(GET=tweets.look_up, DELETE=tweets.delete)),
    path("2/users/me", by_method(GET=users.me)),
    path("2/users/by/username/<str:username>", by_method(GET=users.by_name)),
    path("2/users/<str:user_id>", by_method(GET=users.by_id)),
    path("2/users/<str:user_id>/mentions", by_method(GET=tweets.mentions)),
    path("2/users/<str:user_id>/tweets", by_method(GET=tweets.written)),
    path("2/dm_conversations/with/<str:user_id>/messages", by_method(POST=direct.send)),
    path("2/dm_conversations/with/<str:user_id>/dm_events", by_method(GET=direct.recent_with)),
    path("2/dm_conversations/media/<int:message_id>/<int:media_id>/<str:name>", by_method(GET=direct.picture)),
    path("2/dm_events", by_method(GET=direct.recent)),
    path("2/dm_events/<int:message_id>", by_method(GET=direct.one)),
    path("2/media/upload", by_method(POST=uploads.whole, GET=uploads.status)),
    path("2/media/upload/initialize", by_method(POST=uploads.begin)),
    path("2/media/upload/<int:media_id>/append", by_method(POST=uploads.append)),
    path("2/media/upload/<int:media_id>/finalize", by_method(POST=uploads.finish)),
    path("2/media/metadata", by_method(POST=uploads.describe)),
    path("2/webhooks", by_method(GET=webhooks.every, POST=webhooks.create)),
    path("2/webhooks/<int:webhook_id>", by_method(PUT=webhooks.validate, DELETE=webhooks.delete)),
    path("2/activity/subscriptions", by_method(GET=webhooks.subscriptions, POST=webhooks.subscribe)),
    path("2/activity/subscriptions/<int:subscription_id>", by_method(DELETE=webhooks.unsubscribe)),
]
CONTROL = [
    path("control/state", by_method(GET=control.state)),
    path("control/faults", by_method(POST=control.add_fault)),
    path("control/events", by_method(POST=control.twist_events)),
    path("control/replay", by_method(POST=control.replay)),
    path("control/hold", by_method(POST=control.hold)),
    path("control/release", by_method(POST=control.release)),
    path("control/calm", by_method(POST=control.calm)),
    path("control/limits", by_method(POST=control.set_limits)),
    path("control/users", by_method(POST=control.add_user)),
    path("control/posts", by_method(GET=control.list_posts, POST=control.add_post)),
    path("control/messages", by_method(GET=control.list_messages, POST=control.add_message)),
    path("control/connect", by_method(POST=control.connect)),
    path("control/recheck", by_method(POST=control.recheck)),
]
PAGE = [
    path("", customer.choose, name="choose"),
    path("people/", customer.invent, name="invent"),
    path("as/<str:username>/", customer.page, name="as"),
    path("as/<str:username>/threads/", customer.threads, name="threads"),
    path("as/<str:username>/private/", customer.private, name="private"),
    path("as/<str:username>/composer/", saying.composer, name="composer"),
    path("as/<str:username>/say/", saying.say, name="say"),
    path("as/<str:username>/whisper/", saying.whisper, name="whisper"),
    path("as/<str:username>/door/", customer.set_door, name="door"),
    path("as/<str:username>/picture/<int:media_id>/", customer.picture, name="private-picture"),
    path("behind/", behind.panel, name="behind"),
    path("behind/plan/", behind.plan, name="plan"),
    path("behind/twist/", behind.twist, name="twist"),
    *(
        path(f"behind/{word}/", behind.act, {"word": word}, name=word)
        for word in ("hold", "release", "replay", "check", "calm")
    ),
    path("media/<str:name>", pictures.show, name="picture"),
    path("messages/compose", customer.compose),
    path("<str:username>/status/<int:post_id>", customer.status),
    # The names by which the product's own theme and language buttons know these.
    path(
        "",
        include(
            ([path("theme/", taste.theme, name="theme"), path("language/", taste.language, name="language")], "staff")
        ),
    ),
]
urlpatterns = [*API, *CONTROL, *PAGE]
