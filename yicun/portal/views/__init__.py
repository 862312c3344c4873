"""Home, inbox, complaint, what belongs to the device, and whether the installation is well."""

from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_POST

from yicun.base import inbox as notices
from yicun.base import pages
from yicun.matters import queries as matters
from yicun.portal import services
from yicun.portal.cards import greeting_for, notice_cards, tiles_for
from yicun.portal.forms import ComplaintForm
from yicun.portal.frame import LARGE_PRINT
from yicun.portal.health import readiness
from yicun.portal.signing import home_signatures
from yicun.portal.terms import APP_NAME, BRAND, COMPLAINT_SENT
from yicun.portal.todo import demands_for, gate_for, meetings_for, todo_for

YEAR = 365 * 24 * 3600
UNREAD_SHOWN = 3
NOTICES_SHOWN = 50


@pages.member_required
def home(request: pages.Request) -> HttpResponse:
    now, actor = timezone.now(), request.actor
    unread = notices.for_actor(actor).filter(read_at__isnull=True)[:UNREAD_SHOWN]
    context = {
        "now": now,
        "greeting": greeting_for(actor, now),
        "tiles": tiles_for(actor, matters.counts_for(actor, now)),
        "todo": todo_for(actor, now),
        "signatures": home_signatures(actor, now),
        "demands": demands_for(actor, now),
        "at_gate": gate_for(actor, now),
        "meetings_due": meetings_for(actor, now),
        "notices": notice_cards(unread),
    }
    return render(request, "portal/home.html", context)


@pages.member_required
def inbox(request: pages.Request) -> HttpResponse:
    found = notices.for_actor(request.actor)[:NOTICES_SHOWN]
    return render(request, "portal/inbox.html", {"now": timezone.now(), "notices": notice_cards(found)})


@require_POST
@pages.member_required
def read_notice(request: pages.Request, notice_id: UUID) -> HttpResponse:
    notices.mark_read(notice_id=notice_id, actor=request.actor, now=timezone.now())
    return redirect(pages.way_back(request, "/inbox/"))


@pages.member_required
def me(request: pages.Request) -> HttpResponse:
    return render(request, "portal/me.html")


@pages.member_required
def complain(request: pages.Request) -> HttpResponse:
    if request.method != "POST":
        form = ComplaintForm(initial={"page": pages.way_back(request)})
        return render(request, "portal/complain.html", {"form": form})
    form = ComplaintForm(request.POST)
    if not form.is_valid():
        return render(request, "portal/complain.html", {"form": form}, status=422)
    services.complain(**form.cleaned_data, actor=request.actor, now=timezone.now())
    messages.success(request, COMPLAINT_SENT, extra_tags="draft:complaint")
    return redirect("portal:home")


@pages.public_page
def outbox(request: pages.Request) -> HttpResponse:
    """Open without a sign-in: what lies on this device must be reachable after a lock-out, too."""
    return render(request, "base/outbox.html")


@require_POST
@pages.public_page
def large_print(request: pages.Request) -> HttpResponse:
    """A choice of the device, kept in a cookie."""
    answer = redirect(pages.way_back(request))
    is_large = request.POST.get("large") == "1"
    answer.set_cookie(
        LARGE_PRINT,
        "1" if is_large else "0",
        max_age=YEAR,
        samesite="Lax",
        httponly=True,
        secure=request.is_secure(),
    )
    return answer


@pages.public_page
def worker(request: pages.Request) -> FileResponse:
    """From the root: a service worker rules only over the addresses below its own."""
    path = finders.find("yicun/sw.js")
    if path is None:
        raise Http404
    return FileResponse(
        Path(path).open("rb"), content_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )


@pages.public_page
def manifest(request: pages.Request) -> HttpResponse:
    told = {
        "name": BRAND,
        "short_name": APP_NAME,
        "lang": "zh-CN",
        "start_url": "/",
        "display": "standalone",
        "theme_color": "#0f2747",
        "background_color": "#f1f4f8",
        "icons": [{"src": static("yicun/brand.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(told, content_type="application/manifest+json")


@pages.public_page
def healthz(request: pages.Request) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@pages.public_page
def readyz(request: pages.Request) -> HttpResponse:
    parts = readiness(timezone.now())
    is_ready = set(parts.values()) == {"ok"}
    return JsonResponse({"status": "ok" if is_ready else "failing", **parts}, status=200 if is_ready else 503)
