from crm.calls.models.call import Call, CallEvent
from crm.calls.models.reason import CallReason
from crm.calls.models.rule import WrapUpRule

__all__ = ["Call", "CallEvent", "CallReason", "WrapUpRule"]
