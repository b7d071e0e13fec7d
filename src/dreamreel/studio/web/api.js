/* Talking to the server: JSON in, JSON out, and every failure is a Problem with a sentence. */

const ROOT = "/api/v1";

/** A refusal by the server (RFC 9457), or `code: "Offline"` when it did not answer. */
export class Problem extends Error {
  constructor({ status = 0, code = "Error", title = "", detail = "", errors = [] }) {
    super(detail || title || code);
    this.name = "Problem";
    Object.assign(this, { status, code, title, detail: detail || title, errors });
  }
}

let unreachable = () => {};
/** Called whenever a request did not reach the server. */
export const onUnreachable = (run) => { unreachable = run; };

function address(path, params) {
  const url = new URL(path.startsWith(ROOT) ? path : ROOT + path, location.origin);
  for (const [name, value] of Object.entries(params ?? {})) {
    if (value === null || value === undefined || value === "" || value === false) continue;
    for (const one of [value].flat()) url.searchParams.append(name, String(one));
  }
  return url.pathname + url.search;
}

/** The Problem of an answer that is a refusal. */
export async function problem(answer) {
  let told = {};
  try { told = await answer.json(); } catch { /* a proxy's page, or nothing */ }
  return new Problem({ code: `Http${answer.status}`, title: answer.statusText, ...told, status: answer.status });
}

/** `fetch`, but a server that cannot be reached is a Problem too. */
export async function reach(target, options) {
  try {
    return await fetch(target, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    unreachable();
    throw new Problem({ code: "Offline" });
  }
}

async function call(method, path, { params, body, headers, signal } = {}) {
  const answer = await reach(address(path, params), {
    method,
    signal,
    headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw await problem(answer);
  return answer.status === 204 || !answer.headers.get("content-type")?.includes("json") ? null : answer.json();
}

/** `api.get("/items", {query: "sea", role: ["result", "draft"]})`, `api.post("/jobs", {…}, {headers: {…}})`. */
export const api = {
  get: (path, params, options) => call("GET", path, { params, ...options }),
  post: (path, body = {}, options) => call("POST", path, { body, ...options }),
  patch: (path, body, options) => call("PATCH", path, { body, ...options }),
  delete: (path, params, options) => call("DELETE", path, { params, ...options }),
  /** The address of something to show or to download: `api.url("/items/i1/thumb")`. */
  url: address,
};

/** A name for "send this once": the same key twice is one job. */
export const idempotency = () => ({ headers: { "Idempotency-Key": token() } });

/** Sixteen random hexadecimal digits. */
export const token = () =>
  [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
