from django.apps import AppConfig


class SocialConfig(AppConfig):
    name = "social"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Networks register with the rooms below, which know none of them.
        from crm.customers import linking
        from crm.messaging import arrivals, channels, words
        from social import held, media
        from social.linking import move_posts
        from social.networks.x.adapter import NETWORK, X
        from social.networks.x.fetching import fetch
        from social.networks.x.intake import take
        from social.networks.x.words import REASONS

        channels.register(NETWORK, X())
        arrivals.register(NETWORK, take)
        media.register(NETWORK, fetch)
        words.explain(REASONS)
        linking.register("posts", move_posts)
        held.register()
