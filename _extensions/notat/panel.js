// panel.js: shows where a number comes from, in a panel beside it. What it shows it reads from the table "Tallenes
// oprindelse" at the end of the page, which says the same without this script. Asks nothing of any server.
(function () {
  "use strict";
  const ROW = "tal-";
  const panel = document.querySelector("dialog.talpanel");
  const bar = document.querySelector(".talhjaelp");
  if (!panel || !bar) return;
  const part = (name) => panel.querySelector(name);
  const toggle = bar.querySelector("button");
  const headings = [...document.querySelectorAll(".oprindelse thead th")].map((th) => th.textContent);
  const rowOf = (id) => document.getElementById(ROW + id);
  const numbers = [...document.querySelectorAll("[data-figure]")].filter((el) => rowOf(el.dataset.figure));
  let opener = null; // the number that the panel was opened from
  let trail = []; // the figures shown on the way, the present one last
  let left = false; // whether the panel's own entry of the history is the present one, and the panel closed

  // A number's text without the mark that leads to its note.
  const textOf = (number) => [...number.childNodes].filter((node) => node.nodeName !== "SUP").map((node) => node.textContent).join("");

  // -- the panel -------------------------------------------------------------------------------------------------

  function fill(id) {
    const [name, shown, ...cells] = rowOf(id).cells;
    const code = name.querySelector("code");
    part("#talpanel-navn").textContent = [...name.childNodes].filter((n) => n !== code).map((n) => n.textContent).join("").trim();
    // A sentence may print a figure otherwise than its table does: what was pointed at is what is explained.
    part(".talpanel-vist").textContent = trail.length === 1 ? textOf(opener) : shown.textContent;
    part(".talpanel-bund code").textContent = code.textContent;
    part(".talpanel-svar").textContent = "";
    part(".tilbage").hidden = trail.length < 2;
    const list = part("dl");
    list.replaceChildren();
    cells.forEach((cell, i) => {
      if (!cell.textContent.trim()) return;
      const term = document.createElement("dt");
      const said = document.createElement("dd");
      term.textContent = headings[i + 2];
      said.append(...cell.cloneNode(true).childNodes);
      list.append(term, said);
    });
    panel.scrollTop = 0;
  }

  function place() {
    panel.removeAttribute("style");
    const number = opener.getBoundingClientRect();
    if (getComputedStyle(panel).position === "fixed") { // a sheet along the lower edge: keep the number above it
      document.body.style.paddingBottom = panel.offsetHeight + "px"; // so that the last number can get there
      const over = number.bottom - (innerHeight - panel.offsetHeight) + 16;
      if (over > 0) scrollBy(0, over);
      return;
    }
    // Below the number, or above it where there is more room; never larger than the room.
    const gap = 8;
    const below = innerHeight - number.bottom - 2 * gap;
    const above = number.top - 2 * gap;
    const under = below >= panel.offsetHeight || below >= above || above < 160;
    panel.style.maxHeight = Math.min(panel.offsetHeight, Math.max(under ? below : above, 160)) + "px";
    const top = under ? number.bottom + gap : number.top - gap - panel.offsetHeight;
    const left = Math.min(number.left, document.documentElement.clientWidth - panel.offsetWidth - 2 * gap);
    panel.style.left = Math.max(left, gap) + scrollX + "px";
    panel.style.top = Math.max(top + scrollY, gap) + "px";
  }

  function show() {
    fill(trail[trail.length - 1]);
    panel.setAttribute("open", ""); // not show(), which would move focus to the first button and scroll there
    place();
    panel.focus({ preventScroll: true });
  }

  function open(number) {
    hide();
    opener = number;
    opener.classList.add("valgt");
    trail = [number.dataset.figure];
    show();
    name(trail[0]);
  }

  function close(giveBack) {
    if (!opener) return;
    hide(giveBack);
    name();
  }

  function hide(giveBack) {
    if (!opener) return;
    panel.removeAttribute("open");
    document.body.style.paddingBottom = "";
    opener.classList.remove("valgt");
    const number = opener;
    opener = null;
    if (!giveBack) return;
    const button = number.querySelector("button.tal");
    if (!button) { // opened by pointer: a number that cannot have focus is lent it, to read on from there
      number.tabIndex = -1;
      number.addEventListener("blur", () => number.removeAttribute("tabindex"), { once: true });
    }
    (button || number).focus({ preventScroll: true });
  }

  // -- the address -----------------------------------------------------------------------------------------------
  // It names the figure, by its row in the table, so that it leads there without this script as well. The panel has one
  // entry of the history, which it takes over as long as it is the present one: Back closes it.

  const named = () => decodeURIComponent(location.hash).slice(1 + ROW.length);
  const isNamed = () => location.hash.startsWith("#" + ROW);

  function name(id) {
    const address = id ? "#" + ROW + encodeURIComponent(id) : location.pathname + location.search;
    const own = history.state?.talpanel;
    if (own || isNamed()) history.replaceState(history.state, "", address);
    else history.pushState({ talpanel: true }, "", address);
    left = Boolean(own) && !id;
  }

  function openNamed() {
    const all = numbers.filter((one) => one.dataset.figure === named());
    const number = all.find((one) => one.checkVisibility()) ?? all[0];
    if (number === undefined || (opener && trail[trail.length - 1] === named())) return; // its row is shown by the browser
    number.closest("details")?.setAttribute("open", "");
    number.scrollIntoView({ block: "center", inline: "center" });
    open(number);
  }

  addEventListener("popstate", () => {
    if (isNamed()) return openNamed();
    hide();
    if (left && !location.hash) history.back(); // the entry that was left behind has nothing to go back from
    left = false;
  });

  // -- what is copied --------------------------------------------------------------------------------------------

  function reference() {
    const facts = part(".talpanel-bund").dataset;
    const of = opener.closest(".notat-tabel, .quarto-float-fig, figure");
    const place = of?.querySelector("figcaption")?.textContent.trim().match(/^(Tabel|Figur)\s\d+/)?.[0] ?? "teksten";
    const id = trail[trail.length - 1];
    const row = rowOf(id);
    const shown = part(".talpanel-vist").textContent.trim();
    const verdicts = [...row.querySelectorAll(".dom")];
    const said = verdicts.find((one) => one.previousElementSibling.textContent === shown) ?? verdicts[0];
    const verdict = said ? said.textContent : row.cells[2].textContent;
    const where = trail.length === 1 ? ", " + lower(place) : "";
    const link = facts.adresse ? " " + facts.adresse + "#" + ROW + encodeURIComponent(id) : "";
    return `${facts.afsender}: »${document.title}«, ${facts.dato}${where}: ${part("#talpanel-navn").textContent}: ${shown} (efterregnet: ${lower(verdict)}). ` +
      `Tallet hedder ${id} i figures.csv (SHA-256 ${facts.kontrolsum}).${link}`;
  }

  const lower = (text) => text.trim().charAt(0).toLowerCase() + text.trim().slice(1);

  async function copy(button) {
    const code = part(".talpanel-bund code");
    const answer = part(".talpanel-svar");
    const id = code.textContent;
    const text = button.classList.contains("id") ? id : reference();
    try {
      await navigator.clipboard.writeText(text);
      answer.textContent = answer.dataset.kopieret;
    } catch { // no clipboard for a file on disk in some browsers: show it and mark it, so that it is copied by hand
      code.textContent = text;
      getSelection().selectAllChildren(code);
      const copied = document.execCommand("copy");
      answer.textContent = copied ? answer.dataset.kopieret : answer.dataset.markeret;
      if (copied) code.textContent = id;
    }
  }

  panel.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link) {
      event.preventDefault();
      trail.push(decodeURIComponent(link.getAttribute("href").slice(1 + ROW.length)));
      show();
      name(trail[trail.length - 1]);
    } else if (event.target.closest(".tilbage")) {
      trail.pop();
      show();
      name(trail[trail.length - 1]);
    } else if (event.target.closest(".luk")) {
      close(true);
    } else if (event.target.closest(".kopi")) {
      copy(event.target.closest(".kopi"));
    }
  });

  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    // The panel stands beside its number: Tab past either end goes back to it, and on from there.
    const stops = [...panel.querySelectorAll("a, button:not([hidden])")];
    const at = document.activeElement;
    if (event.shiftKey ? at === panel || at === stops[0] : at === stops[stops.length - 1]) {
      event.preventDefault();
      close(true);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && opener) {
      event.preventDefault();
      close(true);
    }
  });

  document.addEventListener("click", (event) => {
    if (event.composedPath().includes(panel)) return; // even what the panel has just put something else in place of
    if (event.target.closest("a")) return close(); // a mark that leads to its note
    const number = event.target.closest("[data-figure]");
    const marking = !getSelection().isCollapsed && getSelection().containsNode(event.target, true);
    if (number && numbers.includes(number) && !marking) {
      if (number === opener) close(true);
      else open(number);
    } else {
      close();
    }
  });
  addEventListener("resize", () => opener && place());

  // -- the keyboard ----------------------------------------------------------------------------------------------
  // Off, a number is text, and costs a keyboard or a screen reader nothing. On, each is a button, with one tab stop
  // for each table and paragraph, and arrow keys inside.

  const group = (el) => el.closest("table, p, li, figcaption") || el.parentElement;
  const peers = (number) => numbers.filter((other) => group(other) === group(number));
  const button = (number) => number.querySelector("button.tal");

  function stopAt(number) {
    peers(number).forEach((other) => (button(other).tabIndex = other === number ? 0 : -1));
  }

  function ask(on) {
    close();
    const seen = new Set();
    numbers.forEach((number) => {
      if (on) {
        const made = document.createElement("button");
        made.type = "button";
        made.className = "tal";
        made.tabIndex = seen.has(group(number)) ? -1 : 0;
        made.setAttribute("aria-haspopup", "dialog");
        made.append(...[...number.childNodes].filter((node) => node.nodeName !== "SUP")); // a mark is a link of its own
        number.prepend(made);
        seen.add(group(number));
      } else {
        button(number).replaceWith(...button(number).childNodes);
      }
    });
    toggle.setAttribute("aria-pressed", String(on));
    bar.querySelector(".mus").hidden = on;
    bar.querySelector(".tast").hidden = !on;
  }

  function beside(number, key) {
    const all = peers(number);
    const at = all.indexOf(number);
    if (key === "Home") return all[0];
    if (key === "End") return all[all.length - 1];
    if (key === "ArrowLeft") return all[at - 1];
    if (key === "ArrowRight") return all[at + 1];
    // Up and down stay in the column.
    const here = number.getBoundingClientRect();
    const way = key === "ArrowDown" ? 1 : -1;
    const distance = (other) => (other.getBoundingClientRect().top - here.top) * way;
    return all
      .filter((other) => {
        const there = other.getBoundingClientRect();
        return distance(other) > 0 && there.left < here.right && here.left < there.right;
      })
      .sort((a, b) => distance(a) - distance(b))[0];
  }

  document.addEventListener("keydown", (event) => {
    const number = event.target.closest("button.tal") && event.target.closest("[data-figure]");
    const keys = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];
    if (!number || !keys.includes(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const next = beside(number, event.key);
    if (next) {
      stopAt(next);
      button(next).focus();
    }
  });
  document.addEventListener("focusin", (event) => {
    const number = event.target.closest("button.tal") && event.target.closest("[data-figure]");
    if (number) stopAt(number);
  });

  toggle.addEventListener("click", () => ask(toggle.getAttribute("aria-pressed") === "false"));
  document.documentElement.classList.add("tal-kan");
  bar.hidden = false;
  if (isNamed()) addEventListener("load", () => setTimeout(openNamed)); // after the browser has gone to the row
})();

// What scrolls is a stop for the keyboard, in every browser; where nothing is hidden, there is nothing to stop for.
(function () {
  "use strict";
  const settle = (frame) => {
    const hides = frame.scrollWidth > frame.clientWidth + 1 || frame.scrollHeight > frame.clientHeight + 1;
    if (hides) frame.tabIndex = 0;
    else frame.removeAttribute("tabindex");
  };
  const sizes = new ResizeObserver((changes) => changes.forEach((change) => settle(change.target)));
  document.querySelectorAll(".tabelramme, .figurramme").forEach((frame) => sizes.observe(frame));
})();
