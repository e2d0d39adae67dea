// The "try it" box beside a concept's form: sends the form as it stands, shows both lists of results. Saves nothing.

for (const box of document.querySelectorAll("[data-try-it]")) {
  const button = box.querySelector("[data-try-button]");
  const result = box.querySelector("[data-try-result]");
  const form = document.querySelector("form[data-edit-form]");
  let asked = 0;

  const compare = async () => {
    const number = ++asked;
    const body = new FormData(form);
    for (const field of box.querySelectorAll("input[name], select[name]")) body.set(field.name, field.value);
    result.textContent = box.dataset.tryWait;
    try {
      const answer = await fetch(box.dataset.tryIt, { method: "POST", body, credentials: "same-origin" });
      if (!answer.ok) throw new Error(answer.status);
      const html = await answer.text();
      if (number === asked) result.innerHTML = html; // our own server's, escaped there
    } catch {
      if (number === asked) result.textContent = box.dataset.tryFailed;
    }
  };

  button.addEventListener("click", compare);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      compare();
    }
  });
}
