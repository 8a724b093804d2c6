// What the pages gain where scripts run; without them every page and form works all the same.

import { followChanges } from "./live.js";
import { listenToKeys, toggleTheme } from "./keys.js";

function rememberZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = document.cookie.split("; ").includes(`zone=${zone}`);
  if (zone && !known) {
    document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;
    return true;
  }
  return false;
}

function submitOnChange() {
  for (const form of document.querySelectorAll("form[data-auto]")) {
    form.addEventListener("change", () => {
      for (const field of form.elements) {
        if (field.name && !field.value) field.disabled = true; // an empty filter is no filter
      }
      form.requestSubmit();
    });
  }
}

function closeMenus() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
}

function confirmForms() {
  for (const button of document.querySelectorAll("[data-dialog]")) {
    button.addEventListener("click", () => document.getElementById(button.dataset.dialog)?.showModal());
  }
}

rememberZone();
submitOnChange();
closeMenus();
confirmForms();
listenToKeys();
followChanges(confirmForms);
document.getElementById("theme")?.addEventListener("click", toggleTheme);
