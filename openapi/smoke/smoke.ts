// Uses the generated client against a running demo server, as a developer of a mobile app would:
// if this does not compile, the document has changed what such an app sees; if it does not pass,
// the server does not keep what the document says.
//
// scripts/contract compiles this beside the generated client and sets both variables.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { createClient } from "./client/client/index.js";
import { createGuest, getGuest, listGuests, updateGuest } from "./client/sdk.gen.js";
import type { GuestCreate, Problem } from "./client/types.gen.js";

function setting(name: string): string {
  const value = process.env[name];
  assert.ok(value, `${name} must be set`);
  return value;
}

const client = createClient({
  baseUrl: setting("HOSPES_BASE_URL"),
  auth: setting("HOSPES_TOKEN"),
});

async function step<T>(title: string, run: () => Promise<T>): Promise<T> {
  try {
    const result = await run();
    console.log(`ok - ${title}`);
    return result;
  } catch (error) {
    console.log(`not ok - ${title}`);
    throw error;
  }
}

/** What a successful call answered; fails with the problem the server named instead. */
function success<T>(
  answer: { data?: T; error?: unknown; response?: Response },
  status: number,
): { body: T; etag: string | null } {
  assert.ok(answer.response, `no answer: ${String(answer.error)}`);
  assert.equal(answer.response.status, status, `problem: ${JSON.stringify(answer.error)}`);
  assert.ok(answer.data !== undefined, "the answer has a body");
  return { body: answer.data, etag: answer.response.headers.get("etag") };
}

/** The problem a failed call answered. */
function failure(
  answer: { data?: unknown; error?: Problem; response?: Response },
  status: number,
): Problem {
  assert.ok(answer.response, `no answer: ${String(answer.error)}`);
  assert.equal(answer.response.status, status, `instead: ${JSON.stringify(answer.data ?? answer.error)}`);
  assert.match(answer.response.headers.get("content-type") ?? "", /^application\/problem\+json/);
  assert.ok(answer.error, "the answer has a body");
  assert.equal(answer.error.status, status);
  assert.match(answer.error.type, /\/problems\/[a-z0-9-]+$/);
  assert.ok(answer.error.title.length > 0, "the problem has a title");
  assert.ok(answer.error.code.length > 0, "the problem has a code");
  return answer.error;
}

/** An id of the kind the server gives (UUIDv7), which names nothing. */
function unknownId(): string {
  const milliseconds = Date.now().toString(16).padStart(12, "0");
  const random = randomUUID();
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-7${random.slice(15)}`;
}

// A surname nobody else has, made of letters only: an earlier run must not look like a duplicate.
const surname = `Smoke${randomUUID().replaceAll(/[^a-f]/g, "")}${randomUUID().replaceAll(/[^a-f]/g, "")}`;
const newcomer: GuestCreate = { names: [{ given_name: "Ada", surname }] };

await step("list_guests answers a page of the demo's guests", async () => {
  const { body } = success(await listGuests({ client, query: { limit: 5 } }), 200);
  assert.equal(body.items.length, 5);
  assert.equal(body.has_more, true);
  assert.ok(body.next_cursor, "a page that has more has a cursor");
  const next = success(await listGuests({ client, query: { limit: 5, cursor: body.next_cursor } }), 200);
  const first = new Set(body.items.map((guest) => guest.id));
  assert.ok(next.body.items.every((guest) => !first.has(guest.id)), "the next page repeats no guest");
});

const headers = { "Idempotency-Key": randomUUID() };
const created = await step("create_guest makes a guest", async () => {
  const { body, etag } = success(await createGuest({ client, headers, body: newcomer }), 201);
  assert.ok(etag, "the new guest has an ETag");
  return { id: body.id, etag };
});

await step("create_guest with the same Idempotency-Key makes no second guest", async () => {
  const { body } = success(await createGuest({ client, headers, body: newcomer }), 201);
  assert.equal(body.id, created.id);
});

await step("get_guest reads the guest with the same ETag", async () => {
  const { body, etag } = success(await getGuest({ client, path: { guest_id: created.id } }), 200);
  assert.equal(body.id, created.id);
  assert.equal(etag, created.etag);
});

await step("update_guest with If-Match changes the guest and its ETag", async () => {
  const { body, etag } = success(
    await updateGuest({
      client,
      path: { guest_id: created.id },
      headers: { "If-Match": created.etag },
      body: { occupation: "lighthouse keeper" },
    }),
    200,
  );
  assert.equal(body.occupation, "lighthouse keeper");
  assert.ok(etag && etag !== created.etag, "a changed guest has another ETag");
});

await step("update_guest with a stale ETag is refused with 412 and changes nothing", async () => {
  failure(
    await updateGuest({
      client,
      path: { guest_id: created.id },
      headers: { "If-Match": created.etag },
      body: { occupation: "pilot" },
    }),
    412,
  );
  const { body } = success(await getGuest({ client, path: { guest_id: created.id } }), 200);
  assert.equal(body.occupation, "lighthouse keeper");
});

await step("list_guests finds the guest by the beginning of the surname", async () => {
  const { body } = success(await listGuests({ client, query: { q: surname.slice(0, -1).toLowerCase() } }), 200);
  assert.deepEqual(
    body.items.map((guest) => guest.id),
    [created.id],
  );
});

await step("get_guest answers 404 for an id that names nothing", async () => {
  failure(await getGuest({ client, path: { guest_id: unknownId() } }), 404);
});

await step("list_guests answers 401 without a token", async () => {
  const stranger = createClient({ baseUrl: setting("HOSPES_BASE_URL") });
  failure(await listGuests({ client: stranger }), 401);
});
