// What becomes of an item of the outbox: values in, changes out. No clock, no network, no store.
export type State = "queued" | "sent" | "refused" | "conflict";
export type Body = Record<string, string | string[]>;

export interface Photo {
  /** The number of its upload; photos of items stored by an older page have none yet. */
  id?: string;
  name: string;
  type: string;
  bytes: ArrayBuffer;
  isUploaded?: boolean;
}

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
  /** Label and value of every field, as its author saw them. */
  shown?: [string, string][];
  tries?: number;
  retryAt?: number;
}

export interface Answer {
  id: string;
  answer: "done" | "duplicate" | "refused" | "conflict";
  code?: string | null;
  sentence?: string | null;
  ref?: string | null;
}

/** What the sentences of the outbox are; the words themselves are in terms.ts. */
export interface Words {
  whySent: string;
  whyKept: string;
  whyLost: string;
  whyRefused: string;
  whyConflict: string;
  whySignIn: string;
  whyOther: string;
  whyServer: string;
}

type Changes = Partial<Item>;
export const CONFIRM_AFTER_MS = 2 * 60 * 1000;
export const SHOWN_MS = 24 * 3600 * 1000;
const FIRST_PAUSE_MS = 30 * 1000;
const LONGEST_PAUSE_MS = 10 * 60 * 1000;
const PHOTOS_TO_COME = "sync.photos_to_come";
const OTHER_ACCOUNT = "sync.other_account";

/** Mine, not sent yet, and not resting after a failure; a person who presses the button does not wait. */
export function toSend(items: Item[], account: string, now: number, isForced: boolean): Item[] {
  const isDue = (item: Item) => isForced || (item.retryAt ?? 0) <= now;
  return items.filter((item) => item.account === account && item.state === "queued" && isDue(item));
}

/** The server said it has these, some time ago: ask whether its list contains them. */
export function toConfirm(items: Item[], account: string, now: number): Item[] {
  const isOpen = (item: Item) => item.state === "sent" && !item.isConfirmed && now - item.sentAt >= CONFIRM_AFTER_MS;
  return items.filter((item) => item.account === account && isOpen(item));
}

/** What the server confirmed stays in the list for a day, without its content. */
export function isOver(item: Item, now: number): boolean {
  return item.isConfirmed && now - item.sentAt > SHOWN_MS;
}

export function answered(item: Item, answer: Answer, now: number, words: Words): Changes {
  const said = answer.sentence || "";
  if (answer.answer === "conflict") return { state: "conflict", reason: said || words.whyConflict };
  if (answer.answer === "refused" && answer.code === PHOTOS_TO_COME) {
    const photos = item.photos.map((photo) => ({ ...photo, isUploaded: false }));
    return { ...paused(item, now), photos, reason: said };
  }
  if (answer.answer === "refused") return { state: "refused", reason: said || words.whyRefused };
  return { state: "sent", reason: words.whySent, ref: answer.ref ?? item.ref, sentAt: now, tries: 0, retryAt: 0 };
}

/** Its content leaves the phone only now. What the list does not contain (a restored server) is sent again. */
export function listed(item: Item, ref: string | undefined, words: Words): Changes {
  if (ref === undefined) return { state: "queued", reason: words.whyLost, retryAt: 0, photos: anew(item) };
  return { isConfirmed: true, reason: words.whyKept, ref: ref || item.ref, body: {}, photos: [], shown: [] };
}

/** The request as a whole was not answered with answers. The rest of the queue has to wait unless it says otherwise. */
export function failed(item: Item, status: number, code: string, said: string, now: number, words: Words): Changes {
  if (code === OTHER_ACCOUNT) return { reason: words.whyOther };
  if (status === 401 || status === 403) return { reason: words.whySignIn };
  if (isPassing(status)) return { ...paused(item, now), reason: words.whyServer };
  return { state: "refused", reason: said || words.whyRefused };
}

/** Worth trying again without anybody changing anything. */
export function isPassing(status: number): boolean {
  return status === 0 || status === 408 || status === 409 || status === 429 || status >= 500;
}

/** Pressed by hand: from where it stands, with what is known now. */
export function again(item: Item, base: string | null = item.base): Changes {
  return { state: "queued", reason: "", retryAt: 0, base };
}

function anew(item: Item): Photo[] {
  return item.photos.map((photo) => ({ ...photo, isUploaded: false }));
}

function paused(item: Item, now: number): Changes {
  const tries = (item.tries ?? 0) + 1;
  return { tries, retryAt: now + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1)) };
}
