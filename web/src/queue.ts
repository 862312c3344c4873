// The phone's own queue. Written with strict durability and read back before the form is cleared.
import Dexie, { type Table } from "dexie";
import { account } from "./page";
import type { Photo } from "./photos";

export type State = "queued" | "sent" | "refused" | "conflict";
export type Body = Record<string, string | string[]>;

export interface Item {
  id: string;
  account: string;
  name: string;
  label: string;
  page: string;
  draft: string;
  base: string | null;
  recordedAt: string;
  createdAt: number;
  state: State;
  reason: string;
  ref: string;
  sentAt: number;
  isConfirmed: boolean;
  body: Body;
  photos: Photo[];
}

class Store extends Dexie {
  items!: Table<Item, string>;

  constructor() {
    super("yicun", { chromeTransactionDurability: "strict" });
    this.version(1).stores({ items: "id, [account+state], createdAt" });
  }
}

const store = new Store();
const WAITING = "yicun.waiting";
const SHOWN_MS = 24 * 3600 * 1000;

export function mine(item: Item): boolean {
  return item.account === account();
}

/** Tells the page how much is waiting: the script on other pages and the counter in the frame read it. */
async function announce(): Promise<void> {
  const open = await store.items.filter((item) => !item.isConfirmed).toArray();
  const waiting = open.filter((item) => item.state !== "sent").length;
  localStorage.setItem(WAITING, String(open.length));
  for (const counter of Array.from(document.querySelectorAll<HTMLElement>("[data-outbox-count]"))) {
    counter.textContent = String(waiting);
    counter.hidden = waiting === 0;
  }
  document.dispatchEvent(new CustomEvent("yicun:outbox"));
}

export async function add(item: Item): Promise<void> {
  await store.items.add(item);
  const kept = await store.items.get(item.id);
  const isWhole = kept?.photos.every((photo, at) => photo.bytes.byteLength === item.photos[at]?.bytes.byteLength);
  if (!isWhole) throw new Error("not stored whole");
  await announce();
}

export async function change(id: string, changes: Partial<Item>): Promise<void> {
  await store.items.update(id, changes);
  await announce();
}

export async function remove(id: string): Promise<void> {
  await store.items.delete(id);
  await announce();
}

export function list(): Promise<Item[]> {
  return store.items.orderBy("createdAt").reverse().toArray();
}

/** Mine to send: new ones, and those the server took but has not confirmed yet. */
export async function waiting(confirmAfterMs: number): Promise<Item[]> {
  const items = await store.items.orderBy("createdAt").filter(mine).toArray();
  const isDue = (item: Item) => item.state === "sent" && !item.isConfirmed && Date.now() - item.sentAt > confirmAfterMs;
  return items.filter((item) => item.state === "queued" || isDue(item));
}

/** What the server confirmed stays in the list for a day, without its content. */
export async function sweep(): Promise<void> {
  const isOld = (item: Item) => item.isConfirmed && Date.now() - item.sentAt > SHOWN_MS;
  await store.items.filter(isOld).delete();
  await announce();
}
