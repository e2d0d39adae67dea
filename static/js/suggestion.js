// A suggestion's form: opens the line that a reason speaks of, and does the little work that tells people from floods.

const OPENS = {
  no_answer: ["phones"],
  wrong_number: ["phones"],
  wrong_address: ["street", "house_number", "postcode"],
  wrong_hours: ["hours"],
};
const BATCH = 256; // attempts between two looks at the page

const form = document.querySelector("[data-suggestion]");

form?.addEventListener("change", (event) => {
  if (event.target.name !== "reasons" || !event.target.checked) return;
  for (const code of OPENS[event.target.value] ?? []) {
    for (const row of form.querySelectorAll(`details[data-field="${code}"]`)) row.open = true;
  }
});

form?.addEventListener("submit", (event) => {
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => form && delete form.dataset.sent);

async function work(nonce, bits) {
  const encoder = new TextEncoder();
  for (let number = 0; ; number += BATCH) {
    const attempts = [];
    for (let next = number; next < number + BATCH; next++) {
      attempts.push(crypto.subtle.digest("SHA-256", encoder.encode(`${nonce}:${next}`)));
    }
    const digests = await Promise.all(attempts);
    const found = digests.findIndex((digest) => new DataView(digest).getUint32(0) >>> (32 - bits) === 0);
    if (found >= 0) return number + found;
    await new Promise((resume) => setTimeout(resume));
  }
}

const proof = form?.querySelector("[data-proof]");
const human = form?.querySelector("[data-human]");
if (proof && human) {
  const ask = () => human.classList.add("human-needed");
  if (globalThis.crypto?.subtle) {
    work(proof.dataset.nonce, Number(proof.dataset.bits))
      .then((number) => { proof.value = number; human.hidden = !human.querySelector(".form-error"); })
      .catch(ask);
  } else {
    ask(); // no https: the browser has no hashing
  }
}
if (location.hash === "" && document.getElementById("errors")) document.getElementById("errors").scrollIntoView();
