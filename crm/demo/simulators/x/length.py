"""How long X counts a post: 280 units, some letters weigh two, every link 23."""

from twitter_text import parse_tweet

LONGEST = 280


def weight(text: str) -> int:
    units: int = parse_tweet(text).weightedLength
    return units
