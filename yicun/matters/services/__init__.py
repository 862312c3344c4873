"""What may be done to a matter. One function is one transaction, one audit entry, one line of its history."""

from yicun.matters.services.desk import accept, assess, assign, close, decline, reopen, rework, verify
from yicun.matters.services.exporting import export
from yicun.matters.services.handling import (
    add_co_handler,
    answer_as_co_handler,
    attach,
    feed_back,
    note,
    return_back,
    take,
)
from yicun.matters.services.hands import hand_over, reassign
from yicun.matters.services.intake import record, record_all
from yicun.matters.services.lineage import merge, unmerge
from yicun.matters.services.oversight import instruct, rate, remind, reply, supervise
from yicun.matters.services.parties import add_party, forget_parties, read_party
from yicun.matters.services.recounting import recount
from yicun.matters.services.reference import load_reference, save_mapping
from yicun.matters.services.stepping import take_step
from yicun.matters.services.timing import (
    approve_extension,
    defer,
    pause,
    reactivate,
    refuse_extension,
    request_extension,
    resume,
)

__all__ = [
    "accept",
    "add_co_handler",
    "add_party",
    "answer_as_co_handler",
    "approve_extension",
    "assess",
    "assign",
    "attach",
    "close",
    "decline",
    "defer",
    "export",
    "feed_back",
    "forget_parties",
    "hand_over",
    "instruct",
    "load_reference",
    "merge",
    "note",
    "pause",
    "rate",
    "reactivate",
    "read_party",
    "reassign",
    "record",
    "record_all",
    "recount",
    "refuse_extension",
    "remind",
    "reopen",
    "reply",
    "request_extension",
    "resume",
    "return_back",
    "rework",
    "save_mapping",
    "supervise",
    "take",
    "take_step",
    "unmerge",
    "verify",
]
