// The service worker: kept pages and built files open without a signal. It never touches the outbox.
export {};

interface Kept {
  account: string;
  pages: string[];
  files: string[];
}

interface Keep {
  keep?: Kept;
  forget?: boolean;
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
const OWNER = "/owner-of-kept-pages";
const PATIENCE_MS = 3000;
const NAMED = /(?:src|href|data-outbox)="([^"#]+\.(?:css|js|svg))/g;
const HASHED = /\.[0-9a-f]{8,}\.\w+$/;

async function store(cacheName: string, url: string): Promise<void> {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (answer.ok && !answer.redirected) await (await caches.open(cacheName)).put(url, answer);
}

/** The pages were drawn for one officer: they go when he signs out, or when another one signs in. */
async function forget(): Promise<void> {
  await Promise.all([caches.delete(PAGES), caches.delete(FALLBACK)]);
}

async function drawnFor(account: string): Promise<void> {
  const before = await (await (await caches.open(FALLBACK)).match(OWNER))?.text();
  if (account && before && before !== account) await forget();
  if (account) await (await caches.open(FALLBACK)).put(OWNER, new Response(account));
}

/** What the kept pages load: a page from before an upgrade needs the files of its time. */
async function needed(): Promise<Set<string>> {
  const kept = await caches.open(PAGES);
  const found = new Set<string>();
  for (const request of await kept.keys()) {
    const text = (await (await kept.match(request))?.text()) ?? "";
    for (const [, name = ""] of Array.from(text.matchAll(NAMED))) found.add(new URL(name, self.location.href).href);
  }
  return found;
}

/** Everything that opens now is stored, the rest on a later visit; the last page answers for those that are not kept. */
async function keep({ account, pages, files }: Kept): Promise<void> {
  await drawnFor(account);
  const kept = await caches.open(FILES);
  const missing: string[] = [];
  for (const file of files) if (!(await kept.match(file))) missing.push(file);
  const work = [...missing.map((file) => store(FILES, file)), ...pages.map((page) => store(PAGES, page))];
  await Promise.allSettled(work);
  const last = pages[pages.length - 1];
  const answer = last && (await (await caches.open(PAGES)).match(last));
  if (answer) await (await caches.open(FALLBACK)).put("/", answer);
  const wanted = await needed();
  for (const one of files) wanted.add(new URL(one, self.location.href).href);
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
  if (event.data.forget) event.waitUntil(forget());
  if (event.data.keep) event.waitUntil(keep(event.data.keep));
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || url.pathname.startsWith("/api/")) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (["style", "script", "image"].includes(request.destination)) event.respondWith(file(request));
});
