"""The agent's sign at the end of a brand's post: '… Makasih -Dhea', '… ya ^Dhea'. Pure."""

import re

LONGEST = 20
# A mark that stands free or ends a sentence, then one name; after it only links, as the network appends them.
# A hyphen inside a word ("hilang-hilangan", "Wi-Fi") is no mark: letters before it rule it out.
SIGN = re.compile(
    rf"(?:^|[^\w])(?:[-–—^~]\s?)(?P<name>[^\W\d_][\w.]{{1,{LONGEST - 1}}})\s*(?:https?://\S+\s*)*$",
)


def signature(text: str) -> str:
    """The name at the very end, as written; empty when the post carries none."""
    found = SIGN.search(text)
    return found["name"].rstrip(".") if found else ""
