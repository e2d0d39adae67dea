// Every request of the screen: by POST, with the form's token, answered with parts of the page. Nothing is kept here.

export const screen = document.querySelector("[data-screen]");
const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

/** A sentence for eyes and screen readers. */
export function say(text) {
  screen.querySelector("[data-said]").textContent = text;
}

/** Who signed in again in another window has another token: takes it from this page as it is now. */
async function renewed() {
  const answer = await fetch(location.href, { redirect: "manual" });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!now) return false;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = now;
  return true;
}

/** Throws when the server is not reached, or answers with another page (signed out). */
export async function post(url, body, signal, again = true) {
  body.set("csrfmiddlewaretoken", token());
  const answer = await fetch(url, { method: "POST", body, signal, redirect: "manual", headers: { "X-Desk": "1", "X-CSRFToken": token() } });
  if (answer.type === "opaqueredirect") throw Object.assign(new Error("signed out"), { said: screen.dataset.signedOut });
  if (answer.status === 403 && again && (await renewed())) return post(url, body, signal, false);
  return answer;
}

/** Puts the panels in, and the focus back where it was. */
export function put(panels = {}) {
  for (const [name, html] of Object.entries(panels)) {
    const panel = screen.querySelector(`[data-panel="${name}"]`);
    const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
    panel.innerHTML = html;
    if (focused) document.getElementById(focused)?.focus();
  }
}

export function errors(field, said) {
  for (const place of screen.querySelectorAll("[data-error]")) place.textContent = place.dataset.error === field ? said : "";
}
