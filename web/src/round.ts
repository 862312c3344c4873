// One round through the queue: confirm what the server has, send photos, send operations, settle the answers.
import { type Answer, answered, failed, type Item, isPassing, listed, toConfirm, toSend, type Words } from "./machine";
import { type Ask, type Digest, Unanswered, upload } from "./pieces";

/** What a round works with; the tests bring a clock and a server of their own. */
export interface Desk {
  account: string;
  device: string;
  words: Words;
  now(): number;
  items(): Promise<Item[]>;
  change(id: string, changes: Partial<Item>): Promise<void>;
  ask: Ask;
  digest: Digest;
  newId(): string;
  progress(done: number, count: number, percent: number): string;
}

const SYNC = "/api/v1/sync";
const BATCH = 20;
const CONFIRMED_AT_ONCE = 50;

export function operation(item: Item): object {
  const photos = item.photos.map(({ name, type, id }) => ({ name, type, upload: id }));
  const body = photos.length ? { ...item.body, photos } : item.body;
  return { id: item.id, name: item.name, base: item.base, recorded_at: item.recordedAt, body };
}

/** Light items travel together and first; one with photos travels alone. */
export function batches(items: Item[]): Item[][] {
  const light = items.filter((item) => !item.photos.length);
  const found: Item[][] = [];
  for (let at = 0; at < light.length; at += BATCH) found.push(light.slice(at, at + BATCH));
  return [...found, ...items.filter((item) => item.photos.length).map((item) => [item])];
}

async function confirm(desk: Desk): Promise<void> {
  const open = toConfirm(await desk.items(), desk.account, desk.now()).slice(0, CONFIRMED_AT_ONCE);
  if (!open.length) return;
  const query = [`device=${desk.device}`, ...open.map((item) => `ids=${item.id}`)].join("&");
  const { status, body } = await desk.ask("GET", `${SYNC}?${query}`, {});
  if (status !== 200) return;
  const held = new Map((body as unknown as { id: string; ref: string }[]).map((one) => [one.id, one.ref]));
  for (const item of open) await desk.change(item.id, listed(item, held.get(item.id), desk.words));
}

/** The item with every photo uploaded; what has arrived is remembered, so that a cut costs one piece at most. */
async function withPhotos(desk: Desk, item: Item): Promise<Item> {
  const photos = item.photos.map((photo) => ({ ...photo, id: photo.id ?? desk.newId() }));
  if (photos.some((photo, at) => photo.id !== item.photos[at]?.id)) await desk.change(item.id, { photos });
  for (const [at, photo] of photos.entries()) {
    if (photo.isUploaded) continue;
    let told = -1;
    const tell = (bytes: number) => {
      const percent = Math.floor((bytes / photo.bytes.byteLength) * 100);
      if (percent === told) return;
      told = percent;
      void desk.change(item.id, { reason: desk.progress(at, photos.length, percent) });
    };
    await upload(photo, desk.ask, desk.digest, tell);
    photo.isUploaded = true;
    await desk.change(item.id, { photos });
  }
  return { ...item, photos };
}

async function post(desk: Desk, items: Item[]): Promise<void> {
  const operations = items.map(operation);
  const { status, body } = await desk.ask("POST", SYNC, { device: desk.device, operations });
  if (status !== 200) throw new Unanswered(status, String(body["code"] ?? ""), String(body["title"] ?? ""));
  const answers = body["answers"] as Answer[];
  for (const item of items) {
    const answer = answers.find((one) => one.id === item.id);
    if (answer) await desk.change(item.id, answered(item, answer, desk.now(), desk.words));
  }
}

/** True when the rest of the queue is worth trying now. */
async function send(desk: Desk, items: Item[]): Promise<boolean> {
  try {
    const ready: Item[] = [];
    for (const item of items) ready.push(item.photos.length ? await withPhotos(desk, item) : item);
    await post(desk, ready);
    return true;
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    const { status, code, said } = error;
    const isBodyRefused = status !== 401 && status !== 403 && !isPassing(status);
    if (isBodyRefused && items.length > 1) {
      for (const item of items) if (!(await send(desk, [item]))) return false;
      return true;
    }
    for (const item of items) await desk.change(item.id, failed(item, status, code, said, desk.now(), desk.words));
    return isBodyRefused;
  }
}

/** Throws when the line is down: everything stays queued as it is. */
export async function round(desk: Desk, isForced: boolean): Promise<void> {
  const waiting = toSend(await desk.items(), desk.account, desk.now(), isForced);
  for (const items of batches(waiting)) if (!(await send(desk, items))) return;
  await confirm(desk);
}
