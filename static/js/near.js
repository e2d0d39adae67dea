// "Near me": asks the browser for the position only when pressed, and keeps coordinates out of the reader's sight.
// The position goes into the address of the search with three decimals (about a hundred metres: a quarter, not a door), and nowhere else.

const POINT = /^\s*-?\d{1,3}(\.\d+)?\s*,\s*-?\d{1,3}(\.\d+)?\s*$/;

/** Shows "My position" instead of "50.8466,4.3528"; what is sent stays the coordinates, in a hidden field. */
function dress(input) {
  if (!POINT.test(input.value)) return;
  const sent = document.createElement("input");
  sent.type = "hidden";
  sent.name = input.name;
  sent.value = input.value.trim();
  input.after(sent);
  input.removeAttribute("name");
  input.value = input.dataset.here;
  const undress = () => {
    sent.remove();
    input.name = "near";
    if (input.value === input.dataset.here) input.value = "";
  };
  input.addEventListener("input", undress, { once: true });
  input.addEventListener("near:undress", undress, { once: true });
}

function locate(button) {
  const form = button.form;
  const input = form.querySelector("#near");
  const problem = form.querySelector(".field-problem");
  const fail = () => {
    button.removeAttribute("aria-busy");
    problem.textContent = button.dataset.refused;
    problem.hidden = false;
  };
  problem.hidden = true;
  if (!navigator.geolocation) return fail();
  button.setAttribute("aria-busy", "true");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      button.removeAttribute("aria-busy");
      input.dispatchEvent(new Event("near:undress"));
      input.value = `${coords.latitude.toFixed(3)},${coords.longitude.toFixed(3)}`;
      dress(input);
      form.requestSubmit();
    },
    fail,
    { timeout: 10000, maximumAge: 60000 },
  );
}

for (const input of document.querySelectorAll("#near")) dress(input);
for (const button of document.querySelectorAll("[data-near-me]")) button.addEventListener("click", () => locate(button));
