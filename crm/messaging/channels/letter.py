"""Letters: the sender makes the PDF; somebody prints and posts it (templates/messaging/letters.html is the tray)."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from crm.messaging.channels import Adapter, Sent
from crm.messaging.channels.paper import draw
from crm.messaging.models import Letter, Message


class OnPaper(Adapter):
    # One name for each message: made again, the same letter lies in the same place.
    repeatable = True

    def send(self, message: Message) -> Sent:
        name = f"letters/{message.created_at:%Y/%m}/{message.pk}.pdf"
        default_storage.delete(name)
        default_storage.save(name, ContentFile(draw(message)))
        Letter.objects.update_or_create(message=message, defaults={"file": name, "made_at": timezone.now()})
        return Sent(name)
