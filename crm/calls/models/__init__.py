from crm.calls.models.call import Call, CallEvent
from crm.calls.models.reason import CallReason

__all__ = ["Call", "CallEvent", "CallReason"]
