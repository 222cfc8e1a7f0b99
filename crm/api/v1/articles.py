"""The knowledge base: what is published and valid, searched as people write."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.models import Scope
from crm.api.v1 import described
from crm.api.v1.base import View
from crm.api.v1.shapes import Shape
from crm.knowledge.markup import plain, sendable
from crm.knowledge.models import Version
from crm.knowledge.search import find
from crm.knowledge.words import Kind

MOST = 20
QUERY = OpenApiParameter("q", required=True, description="Words as people write them: gak bisa internetan.")
LANGUAGES = ("id", "en")


class Asked(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=200)


class Texts(Shape):
    """In one language."""

    language = serializers.ChoiceField(LANGUAGES)
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True, help_text="For whoever answers, without mark-up.")
    answer = serializers.CharField(allow_blank=True, help_text="For the customer.")


class ArticleShape(Shape):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Kind.choices)
    version = serializers.IntegerField()
    texts = Texts(many=True)
    categories = serializers.ListField(child=serializers.CharField())
    products = serializers.ListField(child=serializers.CharField())
    regions = serializers.ListField(child=serializers.CharField(), help_text="Empty: everywhere.")
    public = serializers.BooleanField(help_text="Customers may read it.")
    valid_until = serializers.DateField(allow_null=True)
    published_at = serializers.DateTimeField()


class ArticlesShape(Shape):
    items = ArticleShape(many=True)


class Articles(View):
    scopes = {"GET": Scope.KNOWLEDGE_READ}

    @described.read(ArticlesShape, "find_articles", "Find articles", "knowledge", QUERY)
    def get(self, request: Request) -> Response:
        """At most 20, the best first. Everyday spellings and typing errors are understood."""
        self.refuse_unknown({"q"})
        asked = Asked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return Response(
            {"items": [_row(one.version) for one in find(asked.validated_data["q"], limit=MOST, snippets=False)]}
        )


def _row(version: Version) -> dict[str, Any]:
    return {
        "id": version.article_id, "kind": version.article.kind, "version": version.number,
        "texts": [_texts(version, language) for language in LANGUAGES],
        "categories": version.categories, "products": version.products, "regions": version.regions,
        "public": version.is_public, "valid_until": version.valid_until, "published_at": version.published_at,
    }  # fmt: skip


def _texts(version: Version, language: str) -> dict[str, str]:
    body = "\n\n".join(part for part in (version.said("body", language), version.said("steps", language)) if part)
    return {
        "language": language, "title": version.said("title", language), "text": plain(body),
        "answer": sendable(version.said("answer", language)),
    }  # fmt: skip
