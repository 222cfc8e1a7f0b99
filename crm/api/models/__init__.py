from crm.api.models.client import ApiClient, Scope
from crm.api.models.kept_answer import KeptAnswer

__all__ = ["ApiClient", "KeptAnswer", "Scope"]
