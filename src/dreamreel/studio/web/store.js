/* What the page remembers: small values in this browser, files until they are uploaded, and shared facts.

   local   survives a restart      session   this tab, survives a reload      files   IndexedDB, for cut uploads */

function kept(storage) {
  return {
    get(key, otherwise = null) {
      try {
        const text = storage().getItem(`dreamreel.${key}`);
        return text === null ? otherwise : JSON.parse(text);
      } catch { return otherwise; }
    },
    set(key, value) {
      try {
        if (value === null || value === undefined) storage().removeItem(`dreamreel.${key}`);
        else storage().setItem(`dreamreel.${key}`, JSON.stringify(value));
      } catch { /* storage is full or switched off: the page works on without it */ }
    },
  };
}

export const local = kept(() => localStorage);
export const session = kept(() => sessionStorage);

/** Shared facts that change: `facts.get("status")`, `facts.watch("status", run)` → stop. */
export const facts = (() => {
  const values = new Map();
  const watchers = new Map();
  return {
    get: (key) => values.get(key),
    set(key, value) {
      values.set(key, value);
      for (const run of [...(watchers.get(key) ?? [])]) run(value);
    },
    watch(key, run) {
      if (!watchers.has(key)) watchers.set(key, new Set());
      watchers.get(key).add(run);
      if (values.has(key)) run(values.get(key));
      return () => watchers.get(key).delete(run);
    },
  };
})();

function database() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open("dreamreel", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("files", { keyPath: "key" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function withFiles(mode, run) {
  try {
    const db = await database();
    return await new Promise((done, failed) => {
      const transaction = db.transaction("files", mode);
      const asked = run(transaction.objectStore("files"));
      transaction.oncomplete = () => { db.close(); done(asked?.result); };
      transaction.onerror = () => failed(transaction.error);
    });
  } catch { return undefined; /* private windows have no database: an upload then does not survive a reload */ }
}

/** Files on their way: `{key, file, location}`. */
export const files = {
  put: (entry) => withFiles("readwrite", (store) => store.put(entry)),
  get: (key) => withFiles("readonly", (store) => store.get(key)),
  remove: (key) => withFiles("readwrite", (store) => store.delete(key)),
  all: async () => (await withFiles("readonly", (store) => store.getAll())) ?? [],
};
