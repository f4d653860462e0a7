const RUN_EVERY_MS = 600;
const KEPT_RUN = "steelyard-run";
const STAGES = [["reading", "Reading"], ["diagnosis", "Diagnosis"], ["comparison", "Comparing remedies"], ["importance", "Explaining"], ["done", "Report"]];

const tables = { run: null };

async function upload() {
  const file = find("table-file").files[0];
  if (!file) return;
  tell("upload-error", "");
  find("upload-busy").textContent = `Reading ${file.name} …`;
  for (const id of ["choose", "run", "outcome"]) find(id).hidden = true;
  try {
    takeRun(await ask(`/api/tables?${query({ name: file.name })}`, {
      method: "POST", body: file, headers: { "content-type": "application/octet-stream" },
    }));
    find("choose").focus({ preventScroll: true });
    find("choose").scrollIntoView();
  } catch (error) {
    tell("upload-error", error.message);
  } finally {
    find("upload-busy").textContent = "";
  }
}

function takeRun(run) {
  tables.run = run;
  sessionStorage.setItem(KEPT_RUN, run.id);
  const { about } = run;
  find("choose").hidden = false;
  find("table-words").textContent = `${run.name}: ${many(about.rows, "row")}, ${many(about.columns.length + about.more, "column")}.`;
  listNotes("table-notes", [...about.notes, ...(about.more ? [`Only the first ${about.columns.length} columns are listed; all are used.`] : [])]);
  const options = first => [
    ...(first ? [make("option", { value: "" }, first)] : []),
    ...about.columns.map(column => make("option", { value: column.name }, column.name)),
  ];
  find("target").replaceChildren(...options());
  for (const id of ["groups", "time"]) find(id).replaceChildren(...options("no column"));
  if (about.target) find("target").value = run.target || about.target;
  showTarget();
}

function showTarget() {
  const column = tables.run.about.columns.find(candidate => candidate.name === find("target").value);
  if (!column) return;
  const missing = column.missing ? ` ${many(column.missing, "row")} without a label will be left out.` : "";
  find("target-words").textContent = (column.rarest === null
    ? `${many(column.distinct, "value")}, such as ${column.example}: this does not look like a label.`
    : `${column.distinct} classes; the rarest is ${percent(column.rarest)} of the rows.`) + missing;
}

async function fit(event) {
  event.preventDefault();
  tell("fit-error", "");
  const values = {
    target: find("target").value, groups: find("groups").value, time: find("time").value,
    miss: find("miss").value, false_alarm: find("false-alarm").value,
    quick: document.querySelector("[name=effort]:checked").value === "quick",
  };
  try {
    tables.run = await ask(`/api/tables/${tables.run.id}/fit?${query(values)}`, { method: "POST" });
    find("outcome").hidden = true;
    find("run").hidden = false;
    find("run").focus({ preventScroll: true });
    find("run").scrollIntoView();
    watchRun();
  } catch (error) {
    tell("fit-error", error.message);
  }
}

async function watchRun() {
  const { id } = tables.run;
  for (;;) {
    try {
      const run = await ask(`/api/tables/${id}`);
      if (tables.run?.id !== id) return;
      tables.run = run;
    } catch (error) {
      tell("run-error", error.message);
      return;
    }
    showRun();
    if (!["waiting", "running"].includes(tables.run.status)) return;
    await pause(RUN_EVERY_MS);
  }
}

function showRun() {
  const { run } = tables;
  const going = ["waiting", "running"].includes(run.status);
  find("run").hidden = false;
  find("run-name").textContent = `${run.name}, label ${run.target}`;
  const stage = run.status === "done" ? "done" : stageOf(run.step?.label);
  const now = STAGES.findIndex(([name]) => name === stage);
  find("stages").replaceChildren(...STAGES.map(([, words], i) =>
    make("li", { className: i < now || run.status === "done" ? "past" : i === now && going ? "now" : "" }, words)));
  showBar("run-bar", run.status === "done" ? 1 : run.step?.done ?? 0, run.status === "done" ? 1 : run.step?.total ?? 0);
  find("run-bar").hidden = !going;
  find("run-words").textContent = runWords(run);
  tell("run-error", run.status === "failed" ? run.sentence : "");
  find("stop").hidden = !going;
  find("fit-go").disabled = going;
  find("outcome").hidden = run.status !== "done";
  if (run.status === "done") showOutcome(run);
}

const stageOf = label => (STAGES.some(([name]) => name === label) ? label : label ? "comparison" : "reading");

function runWords(run) {
  if (run.status === "waiting") return run.ahead ? `Waiting for ${many(run.ahead, "other run")}.` : "Starting …";
  if (run.status === "stopped") return "Stopped; nothing was kept. Change what you like and fit again.";
  const seconds = `${Math.round(run.seconds)} s`;
  if (run.status === "done") return `Done in ${seconds}.`;
  if (run.status === "failed") return `It ended after ${seconds}.`;
  const { done, total, note } = run.step ?? { done: 0, total: 0, note: "" };
  return `${total > 1 ? `${done} of ${total}` : ""}${note ? ` (${note})` : ""} · ${seconds}`;
}

function showOutcome(run) {
  const base = `/api/tables/${run.id}`;
  find("verdict-line").textContent = run.done.sentence;
  listNotes("run-warnings", run.done.warnings);
  find("root").textContent = run.done.root;
  find("open-report").href = `${base}/report`;
  for (const link of document.querySelectorAll("[data-file]")) link.href = `${base}/files/${link.dataset.file}`;
  if (find("report").dataset.run !== `${run.id} ${run.done.root}`) {
    find("report").dataset.run = `${run.id} ${run.done.root}`;
    find("report").src = `${base}/report`;
    find("outcome").scrollIntoView();
  }
}

async function removeRun() {
  try {
    await ask(`/api/tables/${tables.run.id}`, { method: "DELETE" });
  } catch (error) {
    tell("run-error", error.message);
    return;
  }
  forgetRun();
  find("table-file").focus();
}

function forgetRun() {
  tables.run = null;
  sessionStorage.removeItem(KEPT_RUN);
  find("report").removeAttribute("src");
  delete find("report").dataset.run;
  find("table-file").value = "";
  for (const id of ["choose", "run", "outcome"]) find(id).hidden = true;
}

/** A page that was loaded anew goes on with the table it had. */
async function resumeRun() {
  const id = sessionStorage.getItem(KEPT_RUN);
  if (!id) return;
  try {
    takeRun(await ask(`/api/tables/${encodeURIComponent(id)}`));
    if (tables.run.status !== "uploaded") watchRun();
  } catch {
    forgetRun();
  }
}

find("table-file").addEventListener("change", upload);
find("upload").addEventListener("submit", event => event.preventDefault());
takeDrops(document.querySelector("#upload .drop"), find("table-file"));
find("target").addEventListener("change", showTarget);
find("fit").addEventListener("submit", fit);
find("stop").addEventListener("click", async () => {
  try {
    await ask(`/api/tables/${tables.run.id}/stop`, { method: "POST" });
  } catch (error) {
    tell("run-error", error.message);
  }
});
find("remove").addEventListener("click", removeRun);
resumeRun();
