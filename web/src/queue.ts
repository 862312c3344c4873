// The phone's own queue. Written with strict durability and read back before the form is cleared.
import Dexie, { type Table } from "dexie";
import { account } from "./page";
import { type Item, isOver, type Photo } from "./machine";

class Store extends Dexie {
  items!: Table<Item, string>;

  constructor() {
    super("yicun", { chromeTransactionDurability: "strict" });
    this.version(1).stores({ items: "id, [account+state], createdAt" });
  }
}

const store = new Store();
const WAITING = "yicun.waiting";

export function mine(item: Item): boolean {
  return item.account === account();
}

/** Tells the page how much is waiting: the script on other pages and the counter in the frame read it. */
async function announce(): Promise<void> {
  const open = await store.items.filter((item) => !item.isConfirmed).toArray();
  const waiting = open.filter((item) => mine(item) && item.state !== "sent").length;
  localStorage.setItem(WAITING, String(open.length));
  for (const counter of Array.from(document.querySelectorAll<HTMLElement>("[data-outbox-count]"))) {
    counter.textContent = String(waiting);
    counter.hidden = waiting === 0;
  }
  document.dispatchEvent(new CustomEvent("yicun:outbox"));
}

/** The phone's own store is full, or forbidden: said as such, with nothing half-kept. */
export class NoRoom extends Error {}

function isNoRoom(error: unknown): boolean {
  const names = [(error as Error).name, (error as { inner?: Error }).inner?.name];
  return names.includes("QuotaExceededError");
}

function isSame(one: ArrayBuffer, other: ArrayBuffer | undefined): boolean {
  if (one.byteLength !== other?.byteLength) return false;
  const [left, right] = [new Uint8Array(one), new Uint8Array(other)];
  return left.every((byte, at) => byte === right[at]);
}

/** Photos are read back and compared byte by byte before anybody is told that they are kept. */
export function isWhole(wanted: Photo[], kept: Photo[] | undefined): boolean {
  return wanted.length === kept?.length && wanted.every((photo, at) => isSame(photo.bytes, kept[at]?.bytes));
}

/** Does the writing; a store without room becomes `NoRoom`. */
export async function written<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isNoRoom(error) ? new NoRoom() : error;
  }
}

export async function add(item: Item): Promise<void> {
  await written(() => store.items.add(item));
  const kept = await store.items.get(item.id);
  if (!isWhole(item.photos, kept?.photos)) {
    await store.items.delete(item.id);
    throw new NoRoom();
  }
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

export async function sweep(): Promise<void> {
  await store.items.filter((item) => isOver(item, Date.now())).delete();
  await announce();
}
