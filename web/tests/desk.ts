// A desk with a clock that stands still until told, a store in memory, and a server that keeps what it is sent.
import { createHash } from "node:crypto";
import type { Answer, Item, Words } from "../src/machine";
import type { Reply } from "../src/pieces";
import type { Desk } from "../src/round";

export const ME = "me";
export const WORDS: Words = {
  whySent: "whySent",
  whyKept: "whyKept",
  whyLost: "whyLost",
  whyRefused: "whyRefused",
  whyConflict: "whyConflict",
  whySignIn: "whySignIn",
  whyOther: "whyOther",
  whyServer: "whyServer",
};

let made = 0;

export function item(given: Partial<Item>): Item {
  const id = `item-${++made}`;
  const plain = { id, account: ME, name: "matters.record", label: "", page: "", draft: "", base: null, ref: "" };
  const times = { recordedAt: "2026-11-23T09:00:00Z", createdAt: made, sentAt: 0 };
  return { ...plain, ...times, state: "queued", reason: "", isConfirmed: false, body: {}, photos: [], ...given };
}

export function hash(bytes: ArrayBuffer): string {
  return createHash("sha256").update(new Uint8Array(bytes)).digest("hex");
}

/** Keeps operations and uploads as the real one does; `cut` ends the line after so many more questions. */
export class Server {
  operations = new Map<string, unknown>();
  uploads = new Map<string, { size: number; bytes: number[]; isFinished: boolean }>();
  asked: string[] = [];
  cut = Infinity;
  /** Answers to give instead, in order. */
  instead: (Reply | undefined)[] = [];

  async ask(method: string, path: string, body: object | ArrayBuffer): Promise<Reply> {
    if (this.cut-- <= 0) throw new TypeError("Failed to fetch");
    this.asked.push(`${method} ${path.split("?")[0]}`);
    const other = this.instead.shift();
    if (other) return other;
    const [, , , door, key = "", part, offset] = path.split("?")[0]!.split("/");
    if (door === "uploads") return this.upload(key, part, Number(offset), body);
    if (method === "GET") return { status: 200, body: this.held(path) as unknown as Reply["body"] };
    return { status: 200, body: { answers: (body as { operations: Sent[] }).operations.map((one) => this.take(one)) } };
  }

  private held(path: string): { id: string; ref: string }[] {
    const ids = new URLSearchParams(path.split("?")[1]).getAll("ids");
    return ids.filter((id) => this.operations.has(id)).map((id) => ({ id, ref: `N-${id}` }));
  }

  private take(one: Sent): Answer {
    const photos = (one.body["photos"] ?? []) as { upload: string }[];
    if (photos.some(({ upload }) => !this.uploads.get(upload)?.isFinished))
      return { id: one.id, answer: "refused", code: "sync.photos_to_come", sentence: "wait" };
    const answer = this.operations.has(one.id) ? "duplicate" : "done";
    this.operations.set(one.id, one);
    return { id: one.id, answer, ref: `N-${one.id}` };
  }

  private upload(key: string, part: string | undefined, offset: number, body: object | ArrayBuffer): Reply {
    const known = this.uploads.get(key);
    if (part === undefined) {
      if (!known) this.uploads.set(key, { size: (body as { size: number }).size, bytes: [], isFinished: false });
      return { status: 200, body: { received: known?.bytes.length ?? 0 } };
    }
    if (!known) return { status: 404, body: { code: "upload.unknown" } };
    if (part === "finish") return this.finish(known, (body as { sha256: string }).sha256);
    if (offset !== known.bytes.length) return { status: 409, body: { code: "upload.wrong_offset" } };
    known.bytes.push(...new Uint8Array(body as ArrayBuffer));
    return { status: 200, body: { received: known.bytes.length } };
  }

  private finish(known: { bytes: number[]; isFinished: boolean }, said: string): Reply {
    if (hash(new Uint8Array(known.bytes).buffer) !== said) {
      known.bytes = [];
      return { status: 409, body: { code: "upload.altered" } };
    }
    known.isFinished = true;
    return { status: 200, body: { sha256: said } };
  }
}

interface Sent {
  id: string;
  body: Record<string, unknown>;
}

export function desk(server: Server, items: Item[]) {
  const clock = { now: 1_800_000_000_000 };
  const kept = new Map(items.map((one) => [one.id, one]));
  const reasons: string[] = [];
  let ids = 0;
  const made: Desk = {
    account: ME,
    device: "device",
    words: WORDS,
    now: () => clock.now,
    items: async () => [...kept.values()],
    change: async (id, changes) => {
      if (changes.reason) reasons.push(changes.reason);
      kept.set(id, { ...kept.get(id)!, ...changes });
    },
    ask: (...question) => server.ask(...question),
    digest: async (bytes) => hash(bytes),
    newId: () => `new-${++ids}`,
    progress: (done, count, percent) => `photo ${done + 1}/${count} ${percent}%`,
  };
  return { desk: made, clock, reasons, item: (id: string) => kept.get(id)! };
}
