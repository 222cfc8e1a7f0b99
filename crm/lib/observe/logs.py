"""One line of JSON per fact, whoever logs it: ours, Django's, Celery's."""

from typing import Any

import structlog
from structlog.typing import Processor

from crm.lib.observe.redact import redact

SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]

# What `logging.getLogger(…).info(…, extra={…})` may add.
FACTS = ("case", "clock", "customer", "event", "message", "subscriber", "user")


def configure() -> None:
    """structlog's own loggers end in the standard library's, so that one handler formats everything."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logging_settings(form: str) -> dict[str, Any]:
    """Django's LOGGING. `form` is json, for machines, or text, for a person at a terminal."""
    ends: dict[str, Processor] = {
        "json": structlog.processors.JSONRenderer(),
        "text": structlog.dev.ConsoleRenderer(colors=False),
    }
    processors = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, ends[form]]
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*SHARED, structlog.stdlib.ExtraAdder(allow=FACTS)],
        "processors": processors,
    }
    configure()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"line": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["line"], "level": "INFO"},
        "loggers": {
            # Our own line per request says it without the path; errors keep their traceback.
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "ERROR"},
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # It logs user names and addresses; the log of sign-ins is in the database, where access is decided.
            "axes": {"level": "ERROR"},
            # Results and arguments of tasks; our own line per task says the rest.
            "celery.app.trace": {"level": "ERROR"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
        },
    }
