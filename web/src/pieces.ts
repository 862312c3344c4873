// One photo in pieces: whatever arrived stays arrived, a cut line goes on from there.
import type { Photo } from "./machine";

export interface Reply {
  status: number;
  body: Record<string, unknown>;
}

/** Puts one question to the server; throws when the line is down. */
export type Ask = (method: string, path: string, body: object | ArrayBuffer) => Promise<Reply>;
/** The SHA-256 of bytes as hexadecimal; null where the browser offers none (plain HTTP). */
export type Digest = (bytes: ArrayBuffer) => Promise<string | null>;

export class Unanswered extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly said: string,
  ) {
    super(said);
  }
}

export const PIECE = 64 * 1024;
const MOST_TURNS = 6;
const TURNS = new Set(["upload.wrong_offset", "upload.piece_altered", "upload.incomplete", "upload.altered", "upload.unknown"]);

function checked({ status, body }: Reply): Record<string, unknown> {
  if (status >= 200 && status < 300) return body;
  throw new Unanswered(status, String(body["code"] ?? ""), String(body["title"] ?? ""));
}

async function once(photo: Photo, ask: Ask, digest: Digest, arrived: (bytes: number) => void): Promise<void> {
  const path = `/api/v1/uploads/${photo.id}`;
  const size = photo.bytes.byteLength;
  let received = Number(checked(await ask("PUT", path, { name: photo.name, size }))["received"]);
  arrived(received);
  while (received < size) {
    const piece = photo.bytes.slice(received, received + PIECE);
    const hash = await digest(piece);
    const query = hash ? `?sha256=${hash}` : "";
    received = Number(checked(await ask("PUT", `${path}/pieces/${received}${query}`, piece))["received"]);
    arrived(received);
  }
  const hash = await digest(photo.bytes);
  checked(await ask("POST", `${path}/finish`, hash ? { sha256: hash } : {}));
}

/** Until the server has compared the whole photo with its hash. A server that lost count is asked where it stands. */
export async function upload(photo: Photo, ask: Ask, digest: Digest, arrived: (bytes: number) => void): Promise<void> {
  for (let turn = 1; ; turn++) {
    try {
      return await once(photo, ask, digest, arrived);
    } catch (error) {
      if (!(error instanceof Unanswered) || !TURNS.has(error.code) || turn === MOST_TURNS) throw error;
    }
  }
}
