// The preview shows what was chosen: Wagtail drops a choice that is made while an earlier preview is on its way.

function again() {
  const chosen = document.getElementById("id_preview_mode");
  const shown = document.getElementById("w-preview-iframe")?.getAttribute("src");
  const mode = shown && new URL(shown, location.href).searchParams.get("mode");
  if (chosen && mode && mode !== chosen.value) chosen.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("w-preview:loaded", () => setTimeout(again)); // once Wagtail takes it for done
