// Sends the queue to /api/v1/sync. Every operation carries its own identifier, so that sending twice is harmless:
// an item counts as confirmed only when the server answers the same identifier with "duplicate" later.
import { csrfToken } from "./page";
import { base64 } from "./photos";
import { change, type Item, sweep, waiting } from "./queue";
import { terms } from "./terms";
import { device } from "./uuid";

interface Answer {
  id: string;
  answer: "done" | "duplicate" | "refused" | "conflict";
  code?: string | null;
  sentence?: string | null;
  ref?: string | null;
}

const SYNC = "/api/v1/sync";
const CONFIRM_AFTER_MS = 2 * 60 * 1000;
const TIMEOUT_MS = 60 * 1000;
const BATCH = 20;
let isBusy = false;

function operation(item: Item): object {
  const photos = item.photos.map(({ name, type, bytes }) => ({ name, type, data: base64(bytes) }));
  const body = photos.length ? { ...item.body, photos } : item.body;
  return { id: item.id, name: item.name, base: item.base, recorded_at: item.recordedAt, body };
}

/** Light items travel together; one with photos travels alone. */
function batches(items: Item[]): Item[][] {
  const light = items.filter((item) => !item.photos.length);
  const found = items.filter((item) => item.photos.length).map((item) => [item]);
  for (let at = 0; at < light.length; at += BATCH) found.unshift(light.slice(at, at + BATCH));
  return found;
}

async function post(items: Item[]): Promise<Response> {
  const stop = new AbortController();
  const timer = window.setTimeout(() => stop.abort(), TIMEOUT_MS);
  try {
    return await fetch(SYNC, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify({ device: device(), operations: items.map(operation) }),
      signal: stop.signal,
    });
  } finally {
    window.clearTimeout(timer);
  }
}

async function settle(item: Item, answer: Answer): Promise<void> {
  const sentence = answer.sentence || "";
  if (answer.answer === "refused")
    await change(item.id, { state: "refused", reason: sentence || terms.whyRefused });
  else if (answer.answer === "conflict")
    await change(item.id, { state: "conflict", reason: sentence || terms.whyConflict });
  else if (item.state === "sent" && answer.answer === "duplicate")
    await change(item.id, { isConfirmed: true, reason: terms.whyKept, body: {}, photos: [] });
  else await change(item.id, { state: "sent", reason: terms.whySent, ref: answer.ref ?? item.ref, sentAt: Date.now() });
}

async function problem(response: Response): Promise<string> {
  try {
    const said = (await response.json()) as { sentence?: string; detail?: string; title?: string };
    return said.sentence || said.detail || said.title || terms.whyRefused;
  } catch {
    return terms.whyRefused;
  }
}

/** True when the rest of the queue is worth trying now. */
async function send(items: Item[]): Promise<boolean> {
  const response = await post(items);
  if (response.ok) {
    const { answers } = (await response.json()) as { answers: Answer[] };
    for (const item of items) {
      const answer = answers.find((one) => one.id === item.id);
      if (answer) await settle(item, answer);
    }
    return true;
  }
  if (response.status === 401 || response.status === 403) {
    for (const item of items) await change(item.id, { reason: terms.whySignIn });
    return false;
  }
  if (response.status >= 500 || response.status === 429 || response.status === 408) {
    for (const item of items) await change(item.id, { reason: terms.whyServer });
    return false;
  }
  if (items.length > 1) {
    for (const item of items) if (!(await send([item]))) return false;
    return true;
  }
  const reason = await problem(response);
  for (const item of items) await change(item.id, { state: "refused", reason });
  return true;
}

async function sendAll(): Promise<void> {
  for (const items of batches(await waiting(CONFIRM_AFTER_MS))) if (!(await send(items))) return;
  await sweep();
}

/** One round; a second call while one runs does nothing, a broken line leaves everything queued. */
export async function flush(): Promise<void> {
  if (isBusy) return;
  isBusy = true;
  try {
    if (navigator.onLine) await sendAll();
  } catch {
    await sweep();
  } finally {
    isBusy = false;
  }
}
