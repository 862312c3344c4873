"""Enrolling members, giving and ending posts; noting who is away, handing the signature on and taking it back."""

from yicun.force.services.leave import delegate, end_absence, note_absence, recall
from yicun.force.services.postings import end_posting, enrol, load_cast, post, transfer

__all__ = [
    "delegate",
    "end_absence",
    "end_posting",
    "enrol",
    "load_cast",
    "note_absence",
    "post",
    "recall",
    "transfer",
]
