"""Pictures and films that come with contacts, fetched after the contact is taken in: never inside its transaction."""

import datetime as dt
import logging
from collections.abc import Callable
from functools import partial

from celery import current_app
from django.db import transaction

from crm.events.actions import record
from crm.lib.failure import place
from crm.lib.moments import database_now
from crm.messaging.models import Connection
from crm.timeline.attachments import keep_or_note, tidy_name
from crm.timeline.models import Attachment, Interaction
from social.models import Download

log = logging.getLogger(__name__)
FETCH = "social.tasks.fetch_media"
MOST_ATTEMPTS = 6
# Longer than one fetch may take: the row of a worker that died is free again after this.
CLAIM_LASTS = dt.timedelta(minutes=2)
FIRST_DELAY, LONGEST_DELAY = dt.timedelta(seconds=5), dt.timedelta(minutes=10)


class Gone(Exception):
    """It cannot be had, now or ever: another place than the network's, a size that we do not keep, no such file."""


Fetch = Callable[[Connection, str], bytes]
_fetchers: dict[str, Fetch] = {}


def register(network: str, fetch: Fetch) -> None:
    """From `AppConfig.ready()`: how a network's media are fetched. It raises Gone, or anything that may pass."""
    _fetchers[network] = fetch


def want(interaction: Interaction, connection: Connection, external_id: str, url: str) -> None:
    """In the transaction that takes the contact in. Asked again for the same medium, nothing is added."""
    kept = Attachment.objects.filter(interaction=interaction, external_id=external_id)
    if kept.exists():
        return
    wanted = Download(interaction=interaction, connection=connection, external_id=external_id[:255], url=url)
    if not url or len(url) > 1000:
        note_gone(wanted)
        return
    Download.objects.bulk_create([wanted], ignore_conflicts=True)
    transaction.on_commit(partial(_knock), robust=True)


def _knock() -> None:
    """A broker that is away must not fail the caller's work: beat knocks again."""
    try:
        current_app.send_task(FETCH, expires=60, retry=False)
    except Exception:  # whatever the transport raises
        log.warning("no knock: the broker is away")


def fetch_due(*, most: int) -> int:
    """Fetch what is due, at most so many; returns how many were looked at."""
    looked = 0
    while looked < most and (claimed := _claim()):
        _fetch(claimed)
        looked += 1
    return looked


@transaction.atomic
def _claim() -> Download | None:
    """The next one that nobody else holds, put off until its worker must have died."""
    due = Download.objects.due().select_related("connection", "interaction")
    download = due.select_for_update(skip_locked=True, of=["self"]).first()
    if download is not None:
        download.attempts += 1
        download.look_at = database_now() + CLAIM_LASTS
        download.save(update_fields=["attempts", "look_at"])
    return download


def _fetch(download: Download) -> None:
    """No lock is held and no transaction open while the network is spoken to."""
    try:
        content = _fetchers[download.connection.channel](download.connection, download.url)
    except Gone as why:
        log.info("medium not taken", extra={"download_id": download.pk, "failure": str(why)})
        _end(download, None)
    except Exception as error:  # whatever it is, it is tried again, then noted
        log.warning("medium not fetched", extra={"download_id": download.pk, "failure": place(error)})
        _put_off(download)
    else:
        _end(download, content)


def _put_off(download: Download) -> None:
    if download.attempts >= MOST_ATTEMPTS:
        return _end(download, None)
    delay = min(FIRST_DELAY * 4 ** (download.attempts - 1), LONGEST_DELAY)
    Download.objects.filter(pk=download.pk).update(look_at=database_now() + delay)
    return None


@transaction.atomic
def _end(download: Download, content: bytes | None) -> None:
    """Kept or noted, once: a second worker finds the row gone."""
    if Download.objects.select_for_update().filter(pk=download.pk).first() is None:
        return
    if content is None:
        kept = note_gone(download)
    else:
        kept = keep_or_note(
            content=content, name=name_of(download), interaction=download.interaction, external_id=download.external_id
        )
    download.delete()
    # Whoever has the case open sees it come.
    customer = download.interaction.customer_id
    record("attachment.came", subject=kept, customer_id=customer, interaction=download.interaction_id)


def note_gone(download: Download) -> Attachment:
    """Whoever reads the contact sees that something came which the network did not hand over."""
    return Attachment.objects.create(
        interaction=download.interaction, name=tidy_name(name_of(download)), state=Attachment.State.REFUSED,
        refusal=Attachment.Refusal.GONE, external_id=download.external_id,
    )  # fmt: skip


def name_of(download: Download) -> str:
    """The last part of its address; X's pictures have such names."""
    return download.url.partition("?")[0].rpartition("/")[2] or download.external_id
