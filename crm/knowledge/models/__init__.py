from crm.knowledge.models.article import Article, Version
from crm.knowledge.models.language import Spelling, Word
from crm.knowledge.models.use import Use

__all__ = ["Article", "Spelling", "Use", "Version", "Word"]
