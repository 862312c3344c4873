"""What may be done to a matter. One function is one transaction, one audit entry, one line of its history."""

from yicun.matters.services.approvals import ask_approval, decide, forward, send_back, sign, withdraw
from yicun.matters.services.bulk import confirm_bulk, prepare_bulk
from yicun.matters.services.desk import accept, assess, assign, close, decline, reopen, rework, verify
from yicun.matters.services.exporting import export, export_bulk
from yicun.matters.services.filters import move_filter, remove_filter, rename_filter, save_filter
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
from yicun.matters.services.oversight import (
    accept_reply,
    instruct,
    rate,
    remind,
    reply,
    send_back_reply,
    supervise,
)
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
from yicun.matters.services.undoing import undo_bulk

__all__ = [
    "accept",
    "accept_reply",
    "add_co_handler",
    "add_party",
    "answer_as_co_handler",
    "approve_extension",
    "ask_approval",
    "assess",
    "assign",
    "attach",
    "close",
    "confirm_bulk",
    "decide",
    "decline",
    "defer",
    "export",
    "export_bulk",
    "feed_back",
    "forget_parties",
    "forward",
    "hand_over",
    "instruct",
    "load_reference",
    "merge",
    "move_filter",
    "note",
    "pause",
    "prepare_bulk",
    "rate",
    "reactivate",
    "read_party",
    "reassign",
    "record",
    "record_all",
    "recount",
    "refuse_extension",
    "remind",
    "remove_filter",
    "rename_filter",
    "reopen",
    "reply",
    "request_extension",
    "resume",
    "return_back",
    "rework",
    "save_filter",
    "save_mapping",
    "send_back",
    "send_back_reply",
    "sign",
    "supervise",
    "take",
    "take_step",
    "undo_bulk",
    "unmerge",
    "verify",
    "withdraw",
]
