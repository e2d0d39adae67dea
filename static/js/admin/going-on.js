// A bulk action that takes longer than one answer: the next step is asked for as soon as this one is shown.
document.querySelector("form[data-bulk-goes-on]")?.requestSubmit();
