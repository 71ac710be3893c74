"""All writes about messages and contacts. Each is one transaction and one audit line."""

from amiable.outreach.operations.delivery import (
    begin_sending,
    claim_one,
    claim_ready,
    give_back,
    record_handovers,
    settle_abandoned,
    withhold,
    write_touches,
)
from amiable.outreach.operations.manual import AlreadyWritten, NoAddress, compose_manual
from amiable.outreach.operations.outbox import (
    NothingWritten,
    NotWaiting,
    Unkind,
    cancel_message,
    edit_message,
    hold_message,
    open_window,
    release_message,
    resolve_unclear,
)
from amiable.outreach.operations.templates import (
    BadName,
    NoSuchLanguage,
    TemplateRefused,
    publish_template,
    revert_template,
)
from amiable.outreach.operations.touches import (
    NothingSaid,
    NothingToAnswer,
    OnlyTheirsWaits,
    OtherCustomersContact,
    answer_touch,
    log_touch,
)
from amiable.outreach.operations.writing import write_messages

__all__ = [
    "AlreadyWritten",
    "BadName",
    "NoAddress",
    "NoSuchLanguage",
    "NotWaiting",
    "NothingSaid",
    "NothingToAnswer",
    "NothingWritten",
    "OnlyTheirsWaits",
    "OtherCustomersContact",
    "TemplateRefused",
    "Unkind",
    "answer_touch",
    "begin_sending",
    "cancel_message",
    "claim_one",
    "claim_ready",
    "compose_manual",
    "edit_message",
    "give_back",
    "hold_message",
    "log_touch",
    "open_window",
    "publish_template",
    "record_handovers",
    "release_message",
    "resolve_unclear",
    "revert_template",
    "settle_abandoned",
    "withhold",
    "write_messages",
    "write_touches",
]
