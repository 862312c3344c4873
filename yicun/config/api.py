"""The API with every module's router, in one visible list."""

from yicun.base.api import build_api
from yicun.matters.api import router as matters
from yicun.orglife.api import router as orglife
from yicun.portal.api import router as portal
from yicun.relief.api import router as relief

api = build_api()
api.add_router("", matters)
api.add_router("", relief)
api.add_router("", orglife)
api.add_router("", portal)
