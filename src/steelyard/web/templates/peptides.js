const PAGE_ROWS = 50;
const DRIVERS_SHOWN = 4;
const EXAMPLE = `>epitope from the training set
AAGLIMTAEPKTIVLKAGKNY
>ubiquitin 1-15
MQIFVKTLTGKTITL
>melittin 1-20
GIGAVLKVLTTGLPALISWI
>with a letter that is no amino acid
ACDEFGHIKBXYACDE
>too short
ACDEF`;
const SLIDE_ENDS = [0.0005, 0.95];

const peptides = { card: null, answer: null, prevalence: null, point: 0, page: 0 };

const logit = p => Math.log(p / (1 - p));
const expit = x => 1 / (1 + Math.exp(-x));

/** A probability at the training prevalence as one at another, by Bayes' rule. */
function atPrevalence(p, wanted = peptides.prevalence) {
  const trained = peptides.card.prevalence;
  const yes = (p * wanted) / trained;
  const no = ((1 - p) * (1 - wanted)) / (1 - trained);
  return yes / (yes + no);
}

const point = () => peptides.card.points[peptides.point];
const isCalled = found => found.score >= point().cut;

function predictive(sensitivity, specificity) {
  const right = sensitivity * peptides.prevalence;
  const wrong = (1 - specificity) * (1 - peptides.prevalence);
  return right + wrong === 0 ? null : right / (right + wrong);
}

// ---- the two knobs -------------------------------------------------------------------------------------

function setPrevalence(share) {
  peptides.prevalence = Math.min(SLIDE_ENDS[1], Math.max(SLIDE_ENDS[0], share));
  const [low, high] = SLIDE_ENDS.map(logit);
  const slide = find("prevalence-slide");
  slide.value = Math.round((slide.max * (logit(peptides.prevalence) - low)) / (high - low));
  slide.setAttribute("aria-valuetext", percent(peptides.prevalence));
  showDecision();
}

function setPoint(index) {
  peptides.point = Math.min(peptides.card.points.length - 1, Math.max(0, index));
  find("threshold-slide").value = peptides.point;
  showDecision();
}

const plainPercent = share => String(Number((100 * share).toPrecision(3)));

function showDecision() {
  const { sensitivity, specificity } = point();
  const trained = peptides.card.prevalence;
  const line = atPrevalence(point().cut);
  if (document.activeElement !== find("prevalence")) find("prevalence").value = plainPercent(peptides.prevalence);
  if (document.activeElement !== find("threshold")) find("threshold").value = plainPercent(line);
  find("threshold-slide").setAttribute("aria-valuetext", `from ${percent(line)}`);
  const same = Math.abs(peptides.prevalence - trained) < 0.0005;
  find("prevalence-words").textContent = same
    ? `${percent(trained)} is the share in the training set; a screen of unknown peptides is likely to have far fewer.`
    : `Probabilities are moved from the training set's ${percent(trained)} to yours.`;
  const value = predictive(sensitivity.mean, specificity.mean);
  find("sens").textContent = percent(sensitivity.mean);
  find("sens-range").textContent = range(sensitivity.low, sensitivity.high);
  find("spec").textContent = percent(specificity.mean);
  find("spec-range").textContent = range(specificity.low, specificity.high);
  find("ppv").textContent = value === null ? "–" : percent(value);
  const low = predictive(sensitivity.low, specificity.low), high = predictive(sensitivity.high, specificity.high);
  find("ppv-range").textContent = value === null ? "" : range(low ?? 0, high ?? 1);
  find("plainly").textContent = plainly(sensitivity.mean, specificity.mean);
  if (peptides.answer) showRows();
}

/** The same in whole peptides out of a thousand. */
function plainly(sensitivity, specificity) {
  const positives = Math.round(1000 * peptides.prevalence);
  const found = Math.round(sensitivity * positives);
  const wrong = Math.round((1 - specificity) * (1000 - positives));
  const calls = found + wrong;
  if (!calls) return `Of 1,000 such peptides, ${count(positives)} would be positive; drawn here, the line calls none of them.`;
  return `Of 1,000 such peptides, ${count(positives)} would be positive. This line calls ${count(calls)}: ` +
    `${count(found)} rightly and ${count(wrong)} by mistake.`;
}

/** The nearest point to a probability typed at the user's prevalence. */
function pointAt(share) {
  const wanted = atCut => Math.abs(atPrevalence(atCut) - share);
  return peptides.card.points.reduce((best, p, i, all) => (wanted(p.cut) < wanted(all[best].cut) ? i : best), 0);
}

find("prevalence-slide").addEventListener("input", event => {
  const [low, high] = SLIDE_ENDS.map(logit);
  setPrevalence(expit(low + ((high - low) * event.target.value) / event.target.max));
});
find("threshold-slide").addEventListener("input", event => setPoint(Number(event.target.value)));
find("prevalence").addEventListener("change", event => {
  const typed = Number(event.target.value);
  if (typed > 0 && typed < 100) setPrevalence(typed / 100);
  event.target.value = plainPercent(peptides.prevalence);
});
find("threshold").addEventListener("change", event => {
  const typed = Number(event.target.value);
  if (event.target.value !== "" && typed >= 0 && typed <= 100) setPoint(pointAt(typed / 100));
  event.target.value = plainPercent(atPrevalence(point().cut));
});

// ---- asking --------------------------------------------------------------------------------------------

async function predict(choice = {}) {
  const file = find("file").files[0];
  const body = file || find("typed").value;
  tell("ask-error", "");
  if (!file && !body.trim()) {
    tell("ask-error", "Type at least one peptide, or choose a file.");
    find("typed").focus();
    return;
  }
  find("predict").disabled = true;
  find("ask-busy").textContent = "Working …";
  try {
    peptides.answer = await ask(`/api/peptides?${query(choice)}`, {
      method: "POST", body, headers: { "content-type": "application/octet-stream" },
    });
    peptides.page = 0;
    showColumns();
    listNotes("answer-notes", peptides.answer.notes);
    find("answers").hidden = false;
    showDecision();
    find("answers").focus({ preventScroll: true });
    find("answers").scrollIntoView();
  } catch (error) {
    tell("ask-error", error.message);
  } finally {
    find("predict").disabled = !peptides.card;
    find("ask-busy").textContent = "";
  }
}

function showColumns() {
  const { columns, column, name_column } = peptides.answer;
  find("columns").hidden = !columns.length;
  const options = (chosen, first) => [
    ...(first ? [make("option", { value: "" }, first)] : []),
    ...columns.map(name => make("option", { value: name, selected: name === chosen }, name)),
  ];
  find("column").replaceChildren(...options(column));
  find("names").replaceChildren(...options(name_column, "number the lines"));
}

const chosenColumns = () =>
  find("columns").hidden
    ? {}
    : { column: find("column").value, names: find("names").value, numbered: !find("names").value };

find("ask").addEventListener("submit", event => {
  event.preventDefault();
  predict(chosenColumns());
});
for (const id of ["column", "names"]) find(id).addEventListener("change", () => predict(chosenColumns()));
find("typed").addEventListener("input", () => {
  find("file").value = "";
  find("columns").hidden = true;
});
find("file").addEventListener("change", () => {
  find("columns").hidden = true;
  if (find("file").files.length) find("typed").value = "";
});
find("example").addEventListener("click", () => {
  find("file").value = "";
  find("columns").hidden = true;
  find("typed").value = EXAMPLE;
  if (peptides.card) predict();
});
takeDrops(find("ask"), find("file"));

// ---- the rows ------------------------------------------------------------------------------------------

function wantedRows() {
  const rows = peptides.answer.rows;
  const kept = {
    all: () => rows,
    called: () => rows.filter(row => row.found && isCalled(row.found)),
    refused: () => rows.filter(row => !row.found),
  }[find("show").value]();
  if (find("order").value === "given") return kept;
  return [...kept].sort((a, b) => (b.found?.score ?? -1) - (a.found?.score ?? -1));
}

function showRows() {
  const rows = peptides.answer.rows;
  const judged = rows.filter(row => row.found), called = judged.filter(row => isCalled(row.found));
  const refused = rows.length - judged.length;
  find("count").textContent =
    `${many(rows.length, "line")}: ${count(called.length)} called positive, ${count(judged.length - called.length)} not` +
    (refused ? `, ${count(refused)} refused.` : ".");
  const kept = wantedRows();
  const pages = Math.max(1, Math.ceil(kept.length / PAGE_ROWS));
  peptides.page = Math.min(peptides.page, pages - 1);
  const from = peptides.page * PAGE_ROWS;
  find("rows").replaceChildren(...kept.slice(from, from + PAGE_ROWS).map(rowOf));
  find("pager").hidden = pages === 1;
  find("page-words").textContent = `page ${peptides.page + 1} of ${pages}`;
  find("before").disabled = peptides.page === 0;
  find("after").disabled = peptides.page === pages - 1;
  find("download").href =
    `/api/peptides/${peptides.answer.id}.csv?${query({ prevalence: peptides.prevalence, cut: point().cut })}`;
}

function rowOf(row) {
  const head = make("th", { scope: "row" }, String(row.row));
  const letters = make("span", { className: "letters" }, ...marked(row.sequence, row.found?.nearest?.run));
  const who = make("td", {}, make("bdi", { className: "name" }, row.name), letters);
  if (!row.found) {
    return make("tr", { className: "refused" }, head, who,
      make("td", { colSpan: 3, "data-head": "Not judged" }, make("span", { className: "why" }, row.refused)));
  }
  const called = isCalled(row.found);
  return make("tr", { className: called ? "yes" : "" }, head, who, chanceOf(row.found, called),
    nearestOf(row.found), driversOf(row.found));
}

/** A sequence with the run it shares underlined. */
function marked(sequence, run) {
  const at = run ? sequence.indexOf(run) : -1;
  if (at < 0) return [sequence || "(empty)"];
  return [sequence.slice(0, at), make("mark", {}, run), sequence.slice(at + run.length)];
}

function chanceOf(found, called) {
  const [p, low, high] = [found.score, found.low, found.high].map(share => atPrevalence(share));
  const scale = make("span", { className: "scale", ariaHidden: "true" }, make("i"), make("b"), make("u"));
  const [band, dot, line] = scale.children;
  band.style.left = `${100 * low}%`;
  band.style.width = `${100 * (high - low)}%`;
  dot.style.left = `${100 * p}%`;
  line.style.left = `${100 * atPrevalence(point().cut)}%`;
  return make("td", { "data-head": "Probability and bounds" },
    make("span", { className: "chance" }, make("b", {}, percent(p)), make("small", {}, range(low, high)),
      make("span", { className: `call ${called ? "yes" : ""}` }, called ? "positive" : "negative")),
    scale);
}

const labelWord = label => (label ? "positive" : "negative");

function nearestOf(found) {
  const cell = make("td", { "data-head": "Nearest training peptide" });
  if (found.seen !== null) {
    cell.append(make("span", { className: "seen" }, `in the training set: ${labelWord(found.seen)}`), make("br"),
      make("small", {}, "Judged by a model that had not seen it."));
    return cell;
  }
  if (!found.nearest) {
    cell.append(make("small", {}, "None shares three letters in a row."));
    return cell;
  }
  const { sequence, run, label } = found.nearest;
  cell.append(make("span", { className: "letters" }, ...marked(sequence, run)), make("br"),
    make("small", {}, `${labelWord(label)}; ${many(run.length, "letter")} in a row shared`));
  return cell;
}

function driversOf(found) {
  const items = found.reasons.slice(0, DRIVERS_SHOWN).map(reason => {
    const sign = reason.effect > 0 ? "+" : "−";
    const words = reason.kind === "k-mer" ? make("code", {}, reason.words) : make("span", {}, reason.words);
    return make("li", { className: reason.effect > 0 ? "for" : "against" }, words, ` ${sign}${Math.abs(reason.effect).toFixed(2)}`);
  });
  return make("td", { "data-head": "What drove it" },
    items.length ? make("ul", { className: "drivers" }, ...items) : make("small", {}, "Nothing stands out."));
}

for (const id of ["show", "order"]) {
  find(id).addEventListener("change", () => {
    peptides.page = 0;
    showRows();
  });
}
const turn = step => () => {
  peptides.page += step;
  showRows();
  find("answers").scrollIntoView();
};
find("before").addEventListener("click", turn(-1));
find("after").addEventListener("click", turn(1));
