"""/2/users."""

from django.http import HttpResponse, JsonResponse

from crm.demo.simulators.x import people, shapes
from crm.demo.simulators.x.people import User
from crm.demo.simulators.x.refusals import unknown
from crm.demo.simulators.x.rest.endpoint import Call, endpoint


@endpoint("GET /2/users/me")
def me(call: Call) -> HttpResponse:
    return _answer(call, call.user, "id", call.user.id)


@endpoint("GET /2/users/:id")
def by_id(call: Call, user_id: str) -> HttpResponse:
    return _answer(call, people.by_id(call.store, user_id), "id", user_id)


@endpoint("GET /2/users/by/username/:username")
def by_name(call: Call, username: str) -> HttpResponse:
    return _answer(call, people.by_name(call.store, username), "username", username)


def _answer(call: Call, user: User | None, parameter: str, value: str) -> HttpResponse:
    if user is None:
        return JsonResponse({"errors": [unknown("user", parameter, value)]})
    return JsonResponse({"data": shapes.user(user, call.words("user.fields"))})
