"""A line that breaks at the worst moment."""

from collections.abc import Callable

from playwright.sync_api import Route


def arrives_unheard(heard: list[str]) -> Callable[[Route], None]:
    """The first time the line breaks after the server has it: the page cannot know."""

    def handle(route: Route) -> None:
        if heard:
            route.continue_()
            return
        heard.append(route.request.url)
        route.fetch()
        route.abort()

    return handle
