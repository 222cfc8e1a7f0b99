from social.models.account import Account
from social.models.imports import PostImport, RefusedRow
from social.models.post import Post

__all__ = ["Account", "Post", "PostImport", "RefusedRow"]
