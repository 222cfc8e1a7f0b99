from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "crm.knowledge"
    label = "knowledge"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.knowledge.models import Spelling
        from crm.staff import audit

        audit.watch(Spelling, icon="book-2", action="article.publish")
