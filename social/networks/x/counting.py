"""How long a text is to X: a link counts 23, an emoji or a CJK letter 2, by the published rules."""

from twitter_text import parse_tweet

PUBLIC_MAX, PRIVATE_MAX = 280, 10_000


def weight(text: str) -> int:
    length: int = parse_tweet(text).weightedLength
    return length
