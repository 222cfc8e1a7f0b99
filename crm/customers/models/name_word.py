"""The words of which names are made, without those who bear them."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models


class NameWord(models.Model):
    """A word in the names of at least `name_words.COMMON` customers: it names nobody."""

    word = models.CharField(max_length=40, primary_key=True, help_text="Lower case.")
    bearers = models.PositiveIntegerField()

    class Meta:
        indexes = [
            # search: the words that a misspelt one is like.
            GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="name_word_alike")
        ]

    def __str__(self) -> str:
        return self.word
