// The service worker: kept pages and built files open without a signal. It never touches the outbox.
export {};

interface Keep {
  keep?: { pages: string[]; files: string[] };
}

interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Asked extends Waiting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface Told extends Waiting {
  readonly data: Keep;
}

interface Worker {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(name: "install" | "activate", heard: (event: Waiting) => void): void;
  addEventListener(name: "fetch", heard: (event: Asked) => void): void;
  addEventListener(name: "message", heard: (event: Told) => void): void;
}

const worker = self as unknown as Worker;
const PAGES = "yicun-pages-1";
const FILES = "yicun-files-1";
const FALLBACK = "yicun-fallback-1";
const PATIENCE_MS = 3000;
const HASHED = /\.[0-9a-f]{8,}\.\w+$/;

async function store(cacheName: string, url: string): Promise<void> {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (answer.ok && !answer.redirected) await (await caches.open(cacheName)).put(url, answer);
}

/** Everything that opens now is stored, the rest on a later visit; the last page answers for those that are not kept. */
async function keep({ pages, files }: { pages: string[]; files: string[] }): Promise<void> {
  const kept = await caches.open(FILES);
  const missing: string[] = [];
  for (const file of files) if (!(await kept.match(file))) missing.push(file);
  const work = [...missing.map((file) => store(FILES, file)), ...pages.map((page) => store(PAGES, page))];
  await Promise.allSettled(work);
  const last = pages[pages.length - 1];
  const answer = last && (await (await caches.open(PAGES)).match(last));
  if (answer) await (await caches.open(FALLBACK)).put("/", answer);
  const wanted = new Set(files.map((file) => new URL(file, self.location.href).href));
  for (const request of await kept.keys()) if (!wanted.has(request.url) && files.length) await kept.delete(request);
}

/** The network's answer, or after three seconds (a weak signal) what is kept. */
async function patiently(request: Request, kept: Response | undefined): Promise<Response> {
  const stop = new AbortController();
  const timer = kept ? setTimeout(() => stop.abort(), PATIENCE_MS) : undefined;
  try {
    return await fetch(request, { signal: stop.signal });
  } finally {
    clearTimeout(timer);
  }
}

async function page(request: Request): Promise<Response> {
  const pages = await caches.open(PAGES);
  const path = new URL(request.url).pathname;
  const kept = await pages.match(path);
  try {
    const answer = await patiently(request, kept);
    if (kept && answer.ok && !answer.redirected) await pages.put(path, answer.clone());
    return answer;
  } catch {
    return kept ?? (await (await caches.open(FALLBACK)).match("/")) ?? Response.error();
  }
}

async function file(request: Request): Promise<Response> {
  const kept = await (await caches.open(FILES)).match(request, { ignoreVary: true });
  if (kept && HASHED.test(request.url)) return kept;
  try {
    return await patiently(request, kept);
  } catch {
    return kept ?? Response.error();
  }
}

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(keep(event.data.keep));
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || url.pathname.startsWith("/api/")) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (["style", "script", "image"].includes(request.destination)) event.respondWith(file(request));
});
