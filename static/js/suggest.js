// Proposals under a field while somebody types: the ARIA combobox with a listbox, by mouse or keyboard.
// Arrows move, Enter takes, Escape closes. Without this file the field is an ordinary field.

const WAIT_MS = 120;
const LEAST_LETTERS = 2;

class Suggestions {
  constructor(input) {
    this.input = input;
    this.kinds = input.dataset.kinds.split(" ");
    this.items = [];
    this.chosen = -1;
    this.list = document.createElement("ul");
    this.list.id = `${input.id}-suggestions`;
    this.list.className = "suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", input.labels[0]?.textContent ?? "");
    this.list.hidden = true;
    this.status = document.createElement("span");
    this.status.className = "visually-hidden";
    this.status.setAttribute("role", "status");
    input.closest(".field").append(this.list, this.status);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.list.id);
    input.addEventListener("input", () => this.ask());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    // mousedown, not click: it comes before the field loses the focus and the list closes.
    this.list.addEventListener("mousedown", (event) => {
      const row = event.target.closest("[role=option]");
      if (!row) return;
      event.preventDefault();
      this.take(Number(row.dataset.index));
    });
  }

  ask() {
    clearTimeout(this.timer);
    this.request?.abort();
    const text = this.input.value.trim();
    if (text.length < LEAST_LETTERS) return this.close();
    this.timer = setTimeout(async () => {
      this.request = new AbortController();
      const query = new URLSearchParams({ q: text, lang: this.input.dataset.lang });
      try {
        const answer = await fetch(`${this.input.dataset.suggest}?${query}`, { signal: this.request.signal });
        if (!answer.ok) return this.close();
        const { suggestions } = await answer.json();
        if (document.activeElement === this.input) this.show(suggestions.filter((item) => this.kinds.includes(item.kind)));
      } catch {
        this.close(); // aborted by the next letter, or no network: the field works without proposals
      }
    }, WAIT_MS);
  }

  show(items) {
    this.items = items;
    this.list.replaceChildren(
      ...items.map((item, index) => {
        const row = document.createElement("li");
        row.id = `${this.list.id}-${index}`;
        row.dataset.index = index;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", "false");
        const name = document.createElement("span");
        name.textContent = item.text;
        row.append(name);
        const kind = this.input.dataset[`kind${item.kind[0].toUpperCase()}${item.kind.slice(1)}`];
        if (kind) {
          const label = document.createElement("small");
          label.textContent = kind;
          row.append(label);
        }
        return row;
      }),
    );
    this.list.hidden = items.length === 0;
    this.input.setAttribute("aria-expanded", String(items.length > 0));
    this.status.textContent = items.length ? `${items.length} ${this.input.dataset.status}` : "";
    this.mark(-1);
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.show([]);
  }

  mark(index) {
    this.chosen = index;
    [...this.list.children].forEach((row, place) => row.setAttribute("aria-selected", String(place === index)));
    if (index >= 0) this.input.setAttribute("aria-activedescendant", this.list.children[index].id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (this.list.hidden) return;
    const last = this.items.length - 1;
    if (event.key === "ArrowDown") this.mark(this.chosen >= last ? 0 : this.chosen + 1);
    else if (event.key === "ArrowUp") this.mark(this.chosen <= 0 ? last : this.chosen - 1);
    else if (event.key === "Enter" && this.chosen >= 0) this.take(this.chosen);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** A place fills its field; a need, service or organisation leads to its page, the place asked for kept. */
  take(index) {
    const item = this.items[index];
    const form = this.input.form;
    this.close();
    if (item.kind === "place") {
      this.input.value = item.text;
      form.requestSubmit();
      return;
    }
    const url = new URL(item.url, location.href);
    const near = new FormData(form).get("near");
    if (near && url.pathname === new URL(form.action).pathname) url.searchParams.set("near", near);
    location.assign(url);
  }
}

for (const input of document.querySelectorAll("input[data-suggest]")) new Suggestions(input);
