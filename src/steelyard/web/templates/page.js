"use strict";

const find = id => document.getElementById(id);

/** An element with properties and children; text is only ever set as text. */
function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node && name !== "list") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
}

/** Asks the server; what it refuses becomes an Error with its sentence. */
async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("The server does not answer. Is 'steelyard serve' still running?");
  }
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(content.error || `The server answered with ${answer.status}.`);
  return content;
}

const query = values =>
  new URLSearchParams(Object.entries(values).filter(([, value]) => value !== "" && value !== null && value !== undefined)).toString();

const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

function tell(id, sentence) {
  find(id).textContent = sentence;
  find(id).hidden = !sentence;
}

function listNotes(id, notes) {
  find(id).replaceChildren(...notes.map(note => make("li", {}, note)));
  find(id).hidden = !notes.length;
}

/** Share as percent: whole where that says enough, finer near the ends. */
function percent(share) {
  const value = 100 * share;
  const near = Math.min(value, 100 - value);
  if (value > 0 && value < 0.01) return "<0.01%";
  return `${value.toFixed(near >= 9.95 ? 0 : near >= 0.995 ? 1 : 2).replace(/\.0+$/, "")}%`;
}
const range = (low, high) => `[${percent(low)}, ${percent(high)}]`;
const count = n => Math.round(n).toLocaleString("en");
const many = (n, one, several = `${one}s`) => `${count(n)} ${n === 1 ? one : several}`;

function showBar(id, done, total) {
  const bar = find(id);
  if (total > 0) {
    const share = Math.round((100 * done) / total);
    bar.setAttribute("aria-valuenow", share);
    bar.firstElementChild.style.width = `${share}%`;
  } else {
    bar.removeAttribute("aria-valuenow");
    bar.firstElementChild.style.width = "";
  }
}

/** Lets a file be dropped on an area as if it had been chosen. */
function takeDrops(area, input) {
  const over = on => event => {
    event.preventDefault();
    area.classList.toggle("dropping", on);
  };
  area.addEventListener("dragover", over(true));
  area.addEventListener("dragleave", over(false));
  area.addEventListener("drop", event => {
    over(false)(event);
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
}

const TABS = ["peptides", "tables"];

function showTab(name, focus = false) {
  for (const tab of TABS) {
    const button = find(`tab-${tab}`);
    button.setAttribute("aria-selected", String(tab === name));
    button.tabIndex = tab === name ? 0 : -1;
    find(tab).hidden = tab !== name;
  }
  if (focus) find(`tab-${name}`).focus();
  history.replaceState(null, "", `#${name}`);
}

for (const [i, tab] of TABS.entries()) {
  find(`tab-${tab}`).addEventListener("click", () => showTab(tab));
  find(`tab-${tab}`).addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) showTab(TABS[(i + step + TABS.length) % TABS.length], true);
  });
}
if (TABS.includes(location.hash.slice(1))) showTab(location.hash.slice(1));
