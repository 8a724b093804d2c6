// Live pages: the server names what changed; a page that shows it fetches itself and swaps the
// regions that differ. Where the stream cannot be had, the page looks again every few seconds.

const SOONEST = 900; // milliseconds between two looks
const POLL = 5000;

let looking = false;
let again = false;
let lastLook = 0;
let refreshed = () => {};

function shows(topics) {
  const mine = document.body.dataset.live.split(" ").filter(Boolean);
  return topics.includes("*") || mine.some((topic) => topics.includes(topic));
}

function busy(region) {
  // somebody is typing, choosing or reading a dialog there
  const active = document.activeElement;
  const editing = active && region.contains(active) && active.matches("input, textarea, select");
  return editing || region.querySelector("dialog[open], details[data-hold][open]");
}

function swap(region, fresh) {
  const focused = region.contains(document.activeElement) ? document.activeElement : null;
  const place = focused?.getAttribute("href");
  const at = region.querySelector("tr.at")?.id;
  const closed = [...region.querySelectorAll("details")].map((each) => each.open);
  const before = new Map([...region.querySelectorAll("tr[id]")].map((row) => [row.id, row.innerHTML]));
  region.replaceWith(fresh);
  fresh.querySelectorAll("details").forEach((each, index) => {
    if (index < closed.length) each.open = closed[index];
  });
  if (at) document.getElementById(at)?.classList.add("at");
  for (const row of fresh.querySelectorAll("tr[id]")) {
    if (before.size && before.get(row.id) !== row.innerHTML) row.classList.add("flash");
  }
  if (place) fresh.querySelector(`a[href="${CSS.escape(place)}"]`)?.focus({ preventScroll: true });
}

function settle(fresh) {
  // a region that the page did not have so far goes where it stands among its neighbours
  for (const [step, put] of [["previousElementSibling", "after"], ["nextElementSibling", "before"]]) {
    for (let near = fresh[step]; near; near = near[step]) {
      const here = near.id && document.getElementById(near.id);
      if (here) return here[put](fresh);
    }
  }
}

async function look() {
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  const wait = Math.max(0, lastLook + SOONEST - Date.now());
  await new Promise((done) => setTimeout(done, wait));
  lastLook = Date.now();
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html", "x-farhand-look": "1" } });
    if (answer.redirected && new URL(answer.url).pathname === "/sign-in") return location.reload();
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const region of document.querySelectorAll("[data-live-region]")) {
      const fresh = page.getElementById(region.id);
      if (busy(region)) continue;
      if (!fresh) {
        region.remove();
      } else if (fresh.innerHTML !== region.dataset.seen) {
        const seen = fresh.innerHTML;
        swap(region, fresh);
        fresh.dataset.seen = seen;
      }
    }
    for (const fresh of page.querySelectorAll("[data-live-region]")) {
      if (!document.getElementById(fresh.id)) settle(fresh);
    }
    refreshed();
  } catch {
    tell("poll", "off");
  } finally {
    looking = false;
    if (again) {
      again = false;
      look();
    }
  }
}

function tell(state, word) {
  const sign = document.getElementById("live-state");
  if (!sign) return;
  sign.className = `live ${state}`;
  const words = sign.querySelector("span");
  const text = sign.dataset[word]; // in the reader's language
  if (words.textContent !== text) words.textContent = text;
}

export function followChanges(then) {
  refreshed = then;
  if (!document.body.dataset.live) return;
  let polling = null;
  const poll = () => {
    tell("poll", "poll");
    polling ??= setInterval(look, POLL);
  };
  if (!window.EventSource) return poll();
  const stream = new EventSource("/live");
  stream.addEventListener("open", () => {
    tell("on", "on");
    clearInterval(polling);
    polling = null;
  });
  stream.addEventListener("changed", (event) => {
    if (shows(event.data.split(" "))) look();
  });
  stream.addEventListener("error", poll);
  document.addEventListener("visibilitychange", () => document.hidden || look());
  addEventListener("pagehide", () => stream.close());
}
