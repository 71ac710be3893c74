"""All writes about ourselves: creditors, members, bank accounts, and the audit trail that every write joins."""

from amiable.organisation.operations.audit import NotInTransaction, record, verify_audit
from amiable.organisation.operations.creditors import (
    change_creditor,
    create_creditor,
    record_test_mail,
    set_bank_account,
    set_bank_data_until,
    set_sending,
)
from amiable.organisation.operations.facts import BadFact, UnknownFact
from amiable.organisation.operations.members import (
    EmailTaken,
    LastAdministrator,
    change_member,
    invite_member,
    set_password,
)

__all__ = [
    "BadFact",
    "EmailTaken",
    "LastAdministrator",
    "NotInTransaction",
    "UnknownFact",
    "change_creditor",
    "change_member",
    "create_creditor",
    "invite_member",
    "record",
    "record_test_mail",
    "set_bank_account",
    "set_bank_data_until",
    "set_password",
    "set_sending",
    "verify_audit",
]
