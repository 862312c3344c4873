"""The PostgreSQL behind the product: an embedded cluster of our own, or any server of the county's.

Nothing in here imports Django: the database must run before Django is set up. Its refusals are known as
soon as any part of it is imported.
"""

from yicun.base.cluster.terms import REFUSALS

__all__ = ["REFUSALS"]
