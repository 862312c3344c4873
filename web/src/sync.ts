// The queue's way to the server: on this page's account, with this device's name, and with a time limit.
import { account, csrfToken } from "./page";
import type { Reply } from "./pieces";
import { change, list, sweep } from "./queue";
import { round } from "./round";
import { terms } from "./terms";
import { device, uuid7 } from "./uuid";

const TIMEOUT_MS = 60 * 1000;
let running: Promise<void> | null = null;

async function ask(method: string, path: string, body: object | ArrayBuffer): Promise<Reply> {
  const stop = new AbortController();
  const timer = window.setTimeout(() => stop.abort(), TIMEOUT_MS);
  const isRaw = body instanceof ArrayBuffer;
  try {
    const response = await fetch(path, {
      method,
      credentials: "same-origin",
      headers: {
        "Content-Type": isRaw ? "application/octet-stream" : "application/json",
        Accept: "application/json",
        "X-CSRFToken": csrfToken(),
        "X-Queue-Of": account(),
      },
      body: method === "GET" ? undefined : isRaw ? body : JSON.stringify(body),
      signal: stop.signal,
    });
    const said: unknown = await response.json().catch(() => ({}));
    return { status: response.status, body: said as Record<string, unknown> };
  } finally {
    window.clearTimeout(timer);
  }
}

/** A page without HTTPS has no digests: sizes and the picture itself are then all that is compared. */
async function digest(bytes: ArrayBuffer): Promise<string | null> {
  if (!window.crypto.subtle) return null;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function sendAll(isForced: boolean): Promise<void> {
  const desk = { account: account(), device: device(), words: terms, now: Date.now, items: list, change, ask, digest };
  const isSignedIn = account() !== "nobody";
  try {
    if (navigator.onLine && isSignedIn) await round({ ...desk, newId: uuid7, progress: terms.progress }, isForced);
  } catch (error) {
    if (!(error instanceof TypeError || (error as Error).name === "AbortError")) throw error;
  } finally {
    await sweep();
  }
}

async function alone(isForced: boolean): Promise<void> {
  if (!navigator.locks) return sendAll(isForced);
  await navigator.locks.request("yicun.outbox", { ifAvailable: true }, (lock) => (lock ? sendAll(isForced) : undefined));
}

/** One round at a time, in all tabs; a broken line leaves everything queued. */
export function flush(isForced = false): Promise<void> {
  running ??= alone(isForced).finally(() => (running = null));
  return running;
}
