/* One stream of events for every tab: the tab that holds a lock reads it and tells the others.

     server ──SSE──► leading tab ──BroadcastChannel──► other tabs
                        │                                 │
                     events.on("job.progress", run)   events.on("job.progress", run)

   A tab that closes gives its lock away, the next one leads and goes on from the last event it has seen. */

const ADDRESS = "/api/v1/events";
const FIRST_WAIT = 400;
const LONGEST_WAIT = 5000;

class Events {
  /** False while the server does not answer. */
  online = true;
  #handlers = new Map();
  #channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("dreamreel.events") : null;
  #last = "";
  #leads = false;
  #wake = null;

  /**
   * Calls `run(data, name)` for `"job.progress"`, for a whole topic (`"job"`), or for `"*"`. Besides the server's own
   * there are `"reset"` (reload everything), `"online"`, `"offline"` and `"refused"` (this browser has no key).
   * Returns a function that stops it; with an AbortSignal it stops by itself.
   */
  on(name, run, signal) {
    if (!this.#handlers.has(name)) this.#handlers.set(name, new Set());
    this.#handlers.get(name).add(run);
    const stop = () => this.#handlers.get(name).delete(run);
    signal?.addEventListener("abort", stop, { once: true });
    return stop;
  }

  /** Begins listening; called once, by the shell. */
  start() {
    this.#channel?.addEventListener("message", ({ data }) => this.#heard(data));
    this.#channel?.postMessage({ type: "hello" });
    if (!navigator.locks) return void this.#lead();
    void navigator.locks.request("dreamreel.events", () => this.#lead());
  }

  /** A request failed to reach the server: look at once rather than at the end of the wait. */
  suspect() {
    if (this.#leads) this.#wake?.();
    else this.#channel?.postMessage({ type: "suspect" });
  }

  #heard(message) {
    if (message.type === "event") this.#emit(message.name, message.data, message.seq);
    else if (message.type === "online") this.#setOnline(message.value);
    else if (message.type === "hello" && this.#leads) this.#channel.postMessage({ type: "online", value: this.online });
    else if (message.type === "suspect" && this.#leads) this.suspect();
  }

  #emit(name, data, seq) {
    if (seq) this.#last = seq;
    const topic = name.split(".")[0];
    for (const key of new Set([name, topic, "*"])) {
      for (const run of [...(this.#handlers.get(key) ?? [])]) {
        try { run(data, name); } catch (error) { console.error(error); }
      }
    }
  }

  #setOnline(value) {
    if (this.online === value) return;
    this.online = value;
    this.#emit(value ? "online" : "offline", {});
    if (this.#leads) this.#channel?.postMessage({ type: "online", value });
  }

  #tell(name, data, seq) {
    this.#emit(name, data, seq);
    this.#channel?.postMessage({ type: "event", name, data, seq });
  }

  async #lead() {
    this.#leads = true;
    for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 1.7, LONGEST_WAIT)) {
      try {
        const answer = await fetch(ADDRESS, {
          cache: "no-store",
          headers: { Accept: "text/event-stream", ...(this.#last ? { "Last-Event-ID": this.#last } : {}) },
        });
        if (answer.status === 401 || answer.status === 403) return void this.#tell("refused", {});
        if (!answer.ok || !answer.body) throw new Error(String(answer.status));
        const back = !this.online;
        this.#setOnline(true);
        if (back && !this.#last) this.#tell("reset", {});
        wait = FIRST_WAIT;
        await this.#read(answer.body);
      } catch {
        this.#setOnline(false);
      }
      await new Promise((done) => { this.#wake = done; setTimeout(done, wait); });
    }
  }

  async #read(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (rest + value.replaceAll("\r", "")).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) this.#block(block);
    }
  }

  #block(block) {
    const field = { event: "message", data: "", id: "" };
    for (const line of block.split("\n")) {
      const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
      if (name === "data") field.data += (field.data ? "\n" : "") + value;
      else if (name in field) field[name] = value;
    }
    if (!field.data && field.event === "message") return;
    let data = {};
    try { data = JSON.parse(field.data || "{}"); } catch { return; }
    this.#tell(field.event, data, field.id);
  }
}

export const events = new Events();
