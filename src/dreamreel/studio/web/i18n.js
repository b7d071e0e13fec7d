/* Texts by key, plurals by Intl.PluralRules, numbers, sizes and times by Intl.

   texts/<lang>.json:  {"jobs.title": "Jobs",  "jobs.count": {"one": "{count} job", "other": "{count} jobs"}} */

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ps", "ur", "yi", "dv", "ug"]);
let texts = {};
let language = "en";
let plural = new Intl.PluralRules("en");

/** The language in use, such as `"en"`. */
export const locale = () => language;

/** The best of `offered` for the browser's wishes. */
export function preferred(offered) {
  const wished = navigator.languages.map((name) => name.toLowerCase());
  for (const name of wished) {
    const found = offered.find((one) => name === one.toLowerCase() || name.startsWith(`${one.toLowerCase()}-`));
    if (found) return found;
  }
  return "en";
}

/** Loads a language and marks the document with it. The server fills gaps with English. */
export async function speak(name) {
  const answer = await fetch(`/texts/${encodeURIComponent(name)}.json`);
  if (!answer.ok) throw new Error(`texts ${answer.status}`);
  texts = await answer.json();
  language = name;
  plural = new Intl.PluralRules(name);
  formats.clear();
  document.documentElement.lang = name;
  document.documentElement.dir = RIGHT_TO_LEFT.has(name.split("-")[0]) ? "rtl" : "ltr";
}

/**
 * The text of a key. `{name}` is replaced by `values.name`, numbers in the language's own way; a text with plural
 * forms is chosen by `values.count`. An unknown key is returned as it is, so that it is seen.
 */
export function t(key, values = {}) {
  let text = texts[key];
  if (text === undefined) return key;
  if (typeof text === "object") text = text[plural.select(Number(values.count ?? 0))] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? fmt.number(value) : String(value);
  });
}

/** True when the catalogue has that key. */
export const has = (key) => key in texts;

/** `word("actor", "hot_air_balloon", "hot air balloon")`: a translated name if there is one, else the given word. */
export const word = (room, kind, fallback) => {
  const key = `word.${room}.${kind}`;
  return key in texts ? t(key) : fallback ?? String(kind).replaceAll("_", " ");
};

const formats = new Map();
function format(type, options) {
  const key = JSON.stringify([type.name, options]);
  if (!formats.has(key)) formats.set(key, new type(language, options));
  return formats.get(key);
}
const unit = (value, name, options = {}) =>
  format(Intl.NumberFormat, { style: "unit", unit: name, unitDisplay: "short", ...options }).format(value);

/** Numbers, sizes and times as people of this language write them. */
export const fmt = {
  number: (value, options = {}) => format(Intl.NumberFormat, options).format(value),
  percent: (part) => format(Intl.NumberFormat, { style: "percent", maximumFractionDigits: 0 }).format(part),
  /** 1 234 567 → "1.2 MB". */
  bytes(value) {
    const names = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
    let power = 0;
    let left = Math.max(0, value);
    while (left >= 1000 && power < names.length - 1) { left /= 1000; power += 1; }
    return unit(left, names[power], { maximumFractionDigits: left < 10 && power > 1 ? 1 : 0 });
  },
  /** Seconds as words: "8 sec", "2 min", "1 hr 20 min". */
  span(seconds) {
    const s = Math.max(0, seconds);
    if (s < 59.5) return unit(Math.max(1, Math.round(s)), "second");
    const minutes = Math.round(s / 60);
    if (minutes < 60) return unit(minutes, "minute");
    const rest = minutes % 60;
    return unit(Math.floor(minutes / 60), "hour") + (rest ? ` ${unit(rest, "minute")}` : "");
  },
  /** Seconds with as many digits as are there: "5 sec", "4.8 sec". */
  seconds: (value) => unit(value, "second", { maximumFractionDigits: 2 }),
  /** Seconds as a player shows them: "0:05". */
  clock(seconds) {
    const s = Math.max(0, Math.round(seconds));
    return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
  },
  date: (iso) => format(Intl.DateTimeFormat, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso)),
  day: (iso) => format(Intl.DateTimeFormat, { dateStyle: "full" }).format(new Date(iso)),
  /** "3 minutes ago". */
  ago(iso) {
    const seconds = (new Date(iso) - Date.now()) / 1000;
    for (const [name, length] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
      if (Math.abs(seconds) >= length) {
        return format(Intl.RelativeTimeFormat, { numeric: "auto" }).format(Math.round(seconds / length), name);
      }
    }
    return format(Intl.RelativeTimeFormat, { numeric: "auto" }).format(0, "second");
  },
  list: (words) => format(Intl.ListFormat, { type: "conjunction" }).format(words),
  /** Isolated, so that it is not turned around in a language that is written from the right. */
  size: (width, height) => `\u2066${width} × ${height}\u2069`,
};
