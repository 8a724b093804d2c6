// Keys: j and k walk the rows, g and a letter go to a page, / searches, ? tells of them all.

let waitingForPlace = false;

export function toggleTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
}

function walk(step) {
  const rows = [...document.querySelectorAll("table.rows tbody tr")];
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.classList.contains("at"));
  const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  rows[at]?.classList.remove("at");
  next.classList.add("at");
  next.querySelector("a")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function goTo(key) {
  document.querySelector(`nav a[data-key="${CSS.escape(key)}"]`)?.click();
}

const KEYS = {
  "/": () => document.getElementById("find")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
  j: () => walk(1),
  k: () => walk(-1),
  u: () => document.querySelector("[data-up]")?.click(),
  t: toggleTheme,
  g: () => {
    waitingForPlace = true;
    setTimeout(() => (waitingForPlace = false), 1500);
  },
};

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, dialog");
    if (event.key === "Escape" && event.target.id === "find") event.target.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (waitingForPlace) {
      waitingForPlace = false;
      goTo(event.key);
      event.preventDefault();
    } else if (Object.hasOwn(KEYS, event.key)) {
      KEYS[event.key]();
      event.preventDefault();
    }
  });
}
