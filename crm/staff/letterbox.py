from django.conf import settings


def letterbox() -> str:
    """The folder that e-mails are written to where no mail server is set up; empty where one is."""
    return str(settings.EMAIL_FILE_PATH) if settings.EMAIL_TO_FILES else ""
