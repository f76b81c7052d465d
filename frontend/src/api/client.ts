import createClient, { type Middleware } from "openapi-fetch";
import { Problem, readProblem } from "./problem";
import type { components, paths } from "./schema.gen";

export type Schemas = components["schemas"];

/** problems turns every answer that is not a success, and every silence, into a thrown Problem. */
const problems: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await readProblem(response);
    return undefined;
  },
  onError() {
    return new Problem("offline", 0);
  },
};

/** api is the one fetch of the application, typed by the server's OpenAPI document. */
export const api = createClient<paths>({ baseUrl: location.origin, credentials: "same-origin" });
api.use(problems);

/** answer unwraps the data of a call; failures have been thrown before. */
export async function answer<T>(call: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data, response } = await call;
  if (data === undefined) throw new Problem(`http-${response.status}`, response.status);
  return data;
}

/** Seen is an answer together with the ETag that a change of it must send as If-Match. */
export type Seen<T> = { value: T; etag: string };

export async function seen<T>(call: Promise<{ data?: T; response: Response }>): Promise<Seen<T>> {
  const { data, response } = await call;
  if (data === undefined) throw new Problem(`http-${response.status}`, response.status);
  return { value: data, etag: response.headers.get("ETag") ?? "" };
}

/** newKey is an Idempotency-Key: draw it when the form opens, so that a second press sends the same one. */
export function newKey(): string {
  return crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}
