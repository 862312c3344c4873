// Registers the service worker and tells it which pages and files must open without a signal.
import { all } from "./page";

export function keepPages(worker: string): void {
  if (!worker || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker
    .register(worker)
    .then(() => navigator.serviceWorker.ready)
    .then((registration) => {
      const pages = (document.documentElement.dataset.keep ?? "").split(" ").filter(Boolean);
      const files = [
        ...all<HTMLLinkElement>("link[rel=stylesheet]").map((one) => one.href),
        ...all<HTMLScriptElement>("script[src]").flatMap((one) => [one.src, one.dataset.outbox ?? ""]),
        ...all<SVGUseElement>("use").map((one) => (one.getAttribute("href") ?? "").split("#")[0] ?? ""),
      ].filter(Boolean);
      registration.active?.postMessage({ keep: { pages, files: Array.from(new Set(files)) } });
    })
    .catch(() => document.documentElement.setAttribute("data-worker-failed", "yes"));
}
