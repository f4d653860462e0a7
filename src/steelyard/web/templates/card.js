const MODEL_EVERY_MS = 700;

async function watchModel() {
  for (;;) {
    let state;
    try {
      state = await ask("/api/model");
    } catch (error) {
      find("model-words").textContent = error.message;
      await pause(MODEL_EVERY_MS * 4);
      continue;
    }
    showModel(state);
    if (state.status === "ready" || state.status === "refused") return;
    await pause(MODEL_EVERY_MS);
  }
}

function showModel(state) {
  const busy = state.status === "opening" || state.status === "training";
  find("model-wait").hidden = !busy;
  find("model-refused").hidden = !state.sentence;
  find("model-reason").textContent = state.sentence;
  if (busy) {
    find("model-words").textContent = state.status === "opening"
      ? "Opening the model …"
      : `Training the model, once for this machine. ${state.step ? `${state.step.label}: ${state.step.done} of ${state.step.total}.` : ""}`;
    showBar("model-bar", state.step?.done ?? 0, state.step?.total ?? 0);
  }
  if (state.card && state.card.made !== peptides.card?.made) takeCard(state.card);
  find("predict").disabled = !state.card;
}

function takeCard(card) {
  peptides.card = card;
  find("threshold-slide").max = card.points.length - 1;
  find("length-words").textContent = `The twenty standard amino acids, ${card.lengths[0]} to ${card.lengths[1]} of them, as in the training set.`;
  peptides.point = card.default_point;
  setPrevalence(card.prevalence);
  setPoint(card.default_point);
  showCard(card);
}

const figure = value => (value === null ? "–" : value.toFixed(2));
const estimate = e => [figure(e.mean), make("small", {}, e.low === null ? "" : `[${figure(e.low)}, ${figure(e.high)}]`)];

function showCard(card) {
  const headings = ["", ...card.columns];
  const table = make("table", { className: "figures card-rows" },
    make("caption", {}, make("span", { className: "stick" }, card.caption)),
    make("thead", {}, make("tr", {}, ...headings.map(words => make("th", { scope: "col" }, words)))),
    make("tbody", {}, ...card.rows.map(row =>
      make("tr", { className: row.ours ? "ours" : "" },
        make("th", { scope: "row" }, row.system, make("small", {}, row.words)),
        ...row.values.map(value => make("td", {}, ...estimate(value)))))));
  const facts = make("dl", { className: "settings" }, ...card.facts.map(([name, value]) =>
    make("div", { className: value.length > 60 ? "wide" : "" }, make("dt", {}, name), make("dd", {}, value))));
  const again = make("button", { type: "button", className: "button", id: "again" }, "Train the model anew");
  again.addEventListener("click", trainAgain);
  find("card-body").replaceChildren(
    make("p", { className: "verdict-line" }, card.verdict),
    make("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: "Figures of the model" }, table),
    make("ul", { className: "quiet-list" }, ...card.notes.map(note => make("li", {}, note))),
    facts,
    make("div", { className: "actions" }, again));
}

async function trainAgain() {
  try {
    await ask("/api/model/train", { method: "POST" });
  } catch (error) {
    tell("ask-error", error.message);
  }
  watchModel();
}

find("model-retrain").addEventListener("click", trainAgain);
find("predict").disabled = true;
watchModel();
