// A listing's page: print, share, and back to the results one came from.

document.querySelector("[data-print]")?.addEventListener("click", () => {
  for (const details of document.querySelectorAll("details.in-words")) details.open = true;
  window.print();
});

const share = document.querySelector("[data-share]");
share?.addEventListener("click", async () => {
  const url = location.origin + location.pathname;
  try {
    if (navigator.share) {
      await navigator.share({ title: share.dataset.title, url });
      return;
    }
    await navigator.clipboard.writeText(url);
    share.querySelector("span").textContent = share.dataset.copied;
  } catch {
    // closed without sharing, or not allowed here: the address bar still holds the address
  }
});

const back = document.querySelector("[data-back]");
if (back && document.referrer.startsWith(new URL(back.href).origin + new URL(back.href).pathname)) {
  back.addEventListener("click", (event) => {
    event.preventDefault();
    history.back();
  });
}
