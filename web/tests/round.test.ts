// A round through the queue over a line that breaks, with a clock of its own.
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { CONFIRM_AFTER_MS } from "../src/machine";
import { PIECE } from "../src/pieces";
import { batches, round } from "../src/round";
import { desk, hash, item, Server } from "./desk";

function photo(pieces: number, id = "photo") {
  const bytes = new Uint8Array(PIECE * pieces - 7).map((_, at) => at % 251).buffer;
  return { id, name: "a.jpg", type: "image/jpeg", bytes };
}

test("an item is sent, confirmed by the list of a later round, and only then emptied", async () => {
  const server = new Server();
  const one = item({ body: { body: "x" } });
  const it = desk(server, [one]);
  await round(it.desk, false);
  deepEqual([it.item(one.id).state, it.item(one.id).isConfirmed], ["sent", false]);
  await round(it.desk, false);
  deepEqual(server.asked, ["POST /api/v1/sync"], "too early to ask");
  it.clock.now += CONFIRM_AFTER_MS;
  await round(it.desk, false);
  deepEqual([it.item(one.id).isConfirmed, it.item(one.id).body], [true, {}]);
  it.clock.now += CONFIRM_AFTER_MS;
  await round(it.desk, false);
  equal(server.asked.length, 2, "nothing is left to ask");
});

test("a server that was put back to an older state gets the item again", async () => {
  const server = new Server();
  const one = item({});
  const it = desk(server, [one]);
  await round(it.desk, false);
  server.operations.clear();
  it.clock.now += CONFIRM_AFTER_MS;
  await round(it.desk, false);
  equal(it.item(one.id).state, "queued");
  await round(it.desk, false);
  deepEqual([it.item(one.id).state, server.operations.has(one.id)], ["sent", true]);
});

test("a lost answer is a duplicate the next time, never a second record", async () => {
  const server = new Server();
  const one = item({});
  const it = desk(server, [one]);
  await server.ask("POST", "/api/v1/sync", { operations: [{ id: one.id, body: {} }] });
  await round(it.desk, false);
  deepEqual([it.item(one.id).state, server.operations.size], ["sent", 1]);
});

for (let cut = 0; cut <= 6; cut++)
  test(`a line cut after ${cut} questions loses nothing and sends no byte of a photo twice`, async () => {
    const server = new Server();
    const one = item({ photos: [photo(3)] });
    const it = desk(server, [one]);
    server.cut = cut;
    await rejects(round(it.desk, false), TypeError).catch((error) => equal(cut, 6, String(error)));
    server.cut = Infinity;
    equal(server.operations.size, cut === 6 ? 1 : 0, "not acknowledged without its photo");
    await round(it.desk, true);
    deepEqual([it.item(one.id).state, server.operations.size], ["sent", 1]);
    equal(hash(new Uint8Array(server.uploads.get("photo")!.bytes).buffer), hash(photo(3).bytes));
    equal(server.asked.filter((asked) => asked.includes("/pieces/")).length, 3);
  });

test("progress is said in photos and percent", async () => {
  const it = desk(new Server(), [item({ photos: [photo(2, "a"), photo(1, "b")] })]);
  await round(it.desk, false);
  deepEqual(it.reasons.slice(0, 3), ["photo 1/2 0%", "photo 1/2 50%", "photo 1/2 100%"]);
  equal(it.reasons.at(-1), "whySent");
});

test("an upload that the server forgot or found altered is sent anew", async () => {
  const server = new Server();
  const one = item({ photos: [{ ...photo(1), isUploaded: true }] });
  const it = desk(server, [one]);
  await round(it.desk, false);
  deepEqual([it.item(one.id).state, it.item(one.id).reason], ["queued", "wait"]);
  server.uploads.set("photo", { size: PIECE - 7, bytes: new Array(PIECE - 7).fill(0), isFinished: false });
  await round(it.desk, true);
  equal(it.item(one.id).state, "sent");
});

test("photos of an older page get a number, which is kept before a byte is sent", async () => {
  const server = new Server();
  const one = item({ photos: [{ ...photo(2), id: undefined }] });
  const it = desk(server, [one]);
  server.cut = 2;
  await rejects(round(it.desk, false), TypeError);
  equal(it.item(one.id).photos[0]?.id, "new-1");
  server.cut = Infinity;
  await round(it.desk, true);
  deepEqual([...server.uploads.keys()], ["new-1"]);
});

test("signed out: everything waits with its reason, and nothing more is asked", async () => {
  const server = new Server();
  const items = [item({}), item({ photos: [photo(1)] })];
  const it = desk(server, items);
  server.instead = [{ status: 403, body: { code: "account.not_signed_in" } }];
  await round(it.desk, false);
  deepEqual([it.item(items[0]!.id).reason, it.item(items[1]!.id).reason, server.asked.length], ["whySignIn", "", 1]);
});

test("a busy server is left in peace until the pause is over", async () => {
  const server = new Server();
  const one = item({});
  const it = desk(server, [one]);
  server.instead = [{ status: 503, body: {} }];
  await round(it.desk, false);
  await round(it.desk, false);
  equal(server.asked.length, 1);
  it.clock.now += 30_000;
  await round(it.desk, false);
  equal(it.item(one.id).state, "sent");
});

test("a bundle that is refused as a whole is sent one by one, and one bad item never holds up the rest", async () => {
  const server = new Server();
  const items = [item({}), item({}), item({})];
  const it = desk(server, items);
  const bad = { status: 422, body: { code: "request.malformed", title: "bad" } };
  server.instead = [bad, undefined, bad];
  await round(it.desk, false);
  deepEqual(items.map(({ id }) => it.item(id).state), ["sent", "refused", "sent"]);
  equal(it.item(items[1]!.id).reason, "bad");
});

test("a photo that may not be kept refuses its own record only", async () => {
  const server = new Server();
  const items = [item({ photos: [photo(1, "a")] }), item({ photos: [photo(1, "b")] })];
  const it = desk(server, items);
  server.instead = [{ status: 422, body: { code: "file.too_large", title: "large" } }];
  await round(it.desk, false);
  deepEqual(items.map(({ id }) => it.item(id).state), ["refused", "sent"]);
});

test("light items travel together and before those with photos", () => {
  const many = [item({ photos: [photo(1)] }), ...Array.from({ length: 41 }, () => item({}))];
  deepEqual(batches(many).map((one) => one.length), [20, 20, 1, 1]);
  equal(batches(many).at(-1)?.[0]?.photos.length, 1);
});
