from crm.desk.models.asking import Ask
from crm.desk.models.bulk import BulkJob, BulkRow
from crm.desk.models.canned import CannedReply, CannedUse
from crm.desk.models.draft import Draft, DraftFile, Way
from crm.desk.models.notification import Follow, Notification, Ringing
from crm.desk.models.view import Pin, Sharing, View

__all__ = [
    "Ask",
    "BulkJob",
    "BulkRow",
    "CannedReply",
    "CannedUse",
    "Draft",
    "DraftFile",
    "Follow",
    "Notification",
    "Pin",
    "Ringing",
    "Sharing",
    "View",
    "Way",
]
