// The queue's states: which items travel when, and what each answer makes of them.
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { again, answered, CONFIRM_AFTER_MS, failed, isOver, listed, SHOWN_MS, toConfirm, toSend } from "../src/machine";
import { ME, item, WORDS } from "./desk";

const NOW = 1_800_000_000_000;

test("only my queued items are sent, and not while they rest", () => {
  const items = [
    item({ id: "mine" }),
    item({ id: "hers", account: "her" }),
    item({ id: "resting", retryAt: NOW + 1 }),
    item({ id: "rested", retryAt: NOW }),
    ...(["sent", "refused", "conflict"] as const).map((state) => item({ id: state, state })),
  ];
  deepEqual(toSend(items, ME, NOW, false).map((one) => one.id), ["mine", "rested"]);
  deepEqual(toSend(items, ME, NOW, true).map((one) => one.id), ["mine", "resting", "rested"]);
});

for (const answer of ["done", "duplicate"] as const)
  test(`${answer} is sent, with its content kept until the list contains it`, () => {
    const before = item({ tries: 3, retryAt: 5, body: { body: "x" } });
    const after = { ...before, ...answered(before, { id: before.id, answer, ref: "N-1" }, NOW, WORDS) };
    deepEqual([after.state, after.ref, after.sentAt, after.tries, after.isConfirmed], ["sent", "N-1", NOW, 0, false]);
    deepEqual(after.body, { body: "x" });
    deepEqual(toConfirm([after], ME, NOW + CONFIRM_AFTER_MS - 1), []);
    deepEqual(toConfirm([after], ME, NOW + CONFIRM_AFTER_MS), [after]);
    deepEqual(toConfirm([after], "her", NOW + CONFIRM_AFTER_MS), []);
    const known = { ...after, ...listed(after, "N-1", WORDS) };
    deepEqual([known.isConfirmed, known.body, known.photos, known.reason], [true, {}, [], "whyKept"]);
    deepEqual([isOver(known, NOW + SHOWN_MS), isOver(known, NOW + SHOWN_MS + 1)], [false, true]);
    equal(isOver(after, NOW + 10 * SHOWN_MS), false, "unconfirmed is never thrown away");
  });

test("what the list does not contain is sent again with its photos", () => {
  const before = item({ state: "sent", photos: [photo(true)] });
  const after = { ...before, ...listed(before, undefined, WORDS) };
  deepEqual([after.state, after.reason, after.photos[0]?.isUploaded], ["queued", "whyLost", false]);
});

test("a refusal and a conflict stay, with the server's sentence or ours", () => {
  const said = (answer: "refused" | "conflict", sentence: string) =>
    answered(item({}), { id: "1", answer, sentence, code: "x.y" }, NOW, WORDS);
  deepEqual(said("refused", "no"), { state: "refused", reason: "no" });
  deepEqual(said("refused", ""), { state: "refused", reason: "whyRefused" });
  deepEqual(said("conflict", ""), { state: "conflict", reason: "whyConflict" });
});

test("photos that are still to come keep the record queued and are sent anew", () => {
  const before = item({ photos: [photo(true)] });
  const answer = { id: "1", answer: "refused", code: "sync.photos_to_come", sentence: "wait" } as const;
  const after = { ...before, ...answered(before, answer, NOW, WORDS) };
  deepEqual([after.state, after.reason, after.photos[0]?.isUploaded], ["queued", "wait", false]);
  equal((after.retryAt ?? 0) > NOW, true);
});

const FAILURES: [status: number, code: string, state: string, reason: RegExp, rests: boolean][] = [
  [401, "account.not_signed_in", "queued", /whySignIn/, false],
  [403, "request.csrf", "queued", /whySignIn/, false],
  [403, "sync.other_account", "queued", /whyOther/, false],
  [503, "", "queued", /whyServer/, true],
  [429, "", "queued", /whyServer/, true],
  [409, "server.busy", "queued", /whyServer/, true],
  [422, "file.too_large", "refused", /said/, false],
];
for (const [status, code, state, reason, rests] of FAILURES)
  test(`an answer of ${status} ${code} leaves it ${state}`, () => {
    const after = { ...item({}), ...failed(item({}), status, code, "said", NOW, WORDS) };
    equal(after.state, state);
    match(after.reason, reason);
    equal((after.retryAt ?? 0) > NOW, rests);
  });

test("pauses double from half a minute to ten minutes, and pressing the button ends them", () => {
  let one = item({});
  const pauses: number[] = [];
  for (let turn = 0; turn < 7; turn++) {
    one = { ...one, ...failed(one, 500, "", "", NOW, WORDS) };
    pauses.push(((one.retryAt ?? 0) - NOW) / 1000);
  }
  deepEqual(pauses, [30, 60, 120, 240, 480, 600, 600]);
  deepEqual(toSend([{ ...one, ...again(one) }], ME, NOW, false).length, 1);
});

test("a conflict is sent again on the version its author has seen now", () => {
  const before = item({ state: "conflict", base: "3" });
  deepEqual(again(before, "5"), { state: "queued", reason: "", retryAt: 0, base: "5" });
  equal(again(before).base, "3");
});

function photo(isUploaded: boolean) {
  return { id: "p", name: "a.jpg", type: "image/jpeg", bytes: new ArrayBuffer(1), isUploaded };
}
