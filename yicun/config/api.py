"""The API with every module's router, in one visible list."""

from yicun.base.api import build_api
from yicun.matters.api import router as matters
from yicun.portal.api import router as portal

api = build_api()
api.add_router("", matters)
api.add_router("", portal)
