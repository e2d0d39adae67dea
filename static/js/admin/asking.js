// What the helpers of the catalogue's forms share: asking the server by POST, and waiting until somebody stops typing.

export function token() {
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

/** The answer to `data` (FormData), or null when the server does not answer or refuses. */
export async function ask(url, data) {
  try {
    return await fetch(url, { method: "POST", body: data, headers: { "X-CSRFToken": token() }, credentials: "same-origin" });
  } catch {
    return null;
  }
}

/** Calls `work(key)` once nothing was said about this key for `ms` milliseconds. */
export function afterPause(work, ms) {
  const waiting = new Map();
  return (key) => {
    clearTimeout(waiting.get(key));
    waiting.set(key, setTimeout(() => { waiting.delete(key); work(key); }, ms));
  };
}
