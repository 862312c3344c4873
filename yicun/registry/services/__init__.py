"""Putting places on the register, naming them anew, taking them off; keeping the contacts of premises."""

from yicun.registry.services.contacts import forget_contacts, read_contact, set_contact
from yicun.registry.services.places import add_place, follow_jurisdictions, rename_place, retire_place

__all__ = [
    "add_place",
    "follow_jurisdictions",
    "forget_contacts",
    "read_contact",
    "rename_place",
    "retire_place",
    "set_contact",
]
