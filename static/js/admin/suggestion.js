// The answer follows the decisions until somebody writes one of their own.

const form = document.querySelector("[data-suggestion-form]");
const answer = form?.querySelector("textarea[name=answer]");
const texts = JSON.parse(document.getElementById("answers")?.textContent ?? "{}");

function outcome() {
  const whole = form.querySelector("[data-outcome]:checked");
  if (whole) return whole.value === "yes" ? "accepted" : "refused";
  const names = new Set([...form.querySelectorAll("[data-decision]")].map((radio) => radio.name));
  const chosen = [...form.querySelectorAll("[data-decision]:checked")].map((radio) => radio.value);
  if (!names.size || chosen.length < names.size) return null;
  const refused = chosen.filter((value) => value === "no").length;
  return refused === 0 ? "accepted" : refused === chosen.length ? "refused" : "partly";
}

if (form && answer) {
  let own = !Object.values(texts).includes(answer.value.replaceAll("\r\n", "\n"));
  answer.addEventListener("input", () => { own = true; });
  form.addEventListener("change", (event) => {
    if (!event.target.matches("[data-decision], [data-outcome]")) return;
    const text = texts[outcome()];
    if (text && !own) answer.value = text;
  });
}
