from social.models.account import Account
from social.models.download import Download
from social.models.imports import PostImport, RefusedRow
from social.models.post import Post
from social.models.profile import Profile

__all__ = ["Account", "Download", "Post", "PostImport", "Profile", "RefusedRow"]
