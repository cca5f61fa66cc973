// What a click adds to a report. Everything is in the page without it: tables, charts and pictures are read from the document itself.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const drawing = "http://www.w3.org/2000/svg";

  function make(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function draw(name, attributes, ...children) {
    const made = document.createElementNS(drawing, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  const clean = text => text.replaceAll("\u00a0", " ").trim();
  const percent = share => `${(100 * share).toFixed(1)}\u00a0%`;
  const titleOf = mark => clean(mark.querySelector("title").textContent);

  // ---- Where in the page one is

  const links = new Map(all("body > nav a").map(link => [link.getAttribute("href").slice(1), link]));
  const seen = new Set();
  const watch = new IntersectionObserver(entries => {
    for (const entry of entries) entry.isIntersecting ? seen.add(entry.target.id) : seen.delete(entry.target.id);
    const now = [...links.keys()].find(id => seen.has(id));
    for (const [id, link] of links) id === now ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
  }, { rootMargin: "-80px 0px -50% 0px" });
  for (const section of all("main > section")) watch.observe(section);

  // ---- Tables: sorted by a click on a column's name, filtered by a word

  /** A cell as a number, a duration in seconds; NaN where it is text. */
  function numberOf(text) {
    const time = text.match(/^(?:(\d+) h)?\s*(?:(\d+) min)?\s*(?:([\d.]+) s)?$/);
    if (time && time[0]) return 3600 * (time[1] ?? 0) + 60 * (time[2] ?? 0) + 1 * (time[3] ?? 0);
    const number = text.replaceAll(",", "").match(/^[-+]?[\d.]+(?:e[-+]?\d+)?/i);
    return number ? Number(number[0]) : NaN;
  }

  function sortBy(table, column, falling) {
    const body = table.tBodies[0];
    const keyed = [...body.rows].map(row => ({ row, text: clean(row.cells[column].textContent) }));
    for (const one of keyed) one.number = numberOf(one.text);
    const numeric = keyed.every(one => !isNaN(one.number) || one.text === "–" || one.text === "");
    keyed.sort((a, b) => {
      if (!numeric) return (falling ? -1 : 1) * a.text.localeCompare(b.text, "en", { numeric: true });
      // What has no number comes last in either order.
      if (isNaN(a.number) || isNaN(b.number)) return isNaN(a.number) - isNaN(b.number);
      return falling ? b.number - a.number : a.number - b.number;
    });
    body.append(...keyed.map(one => one.row));
  }

  function makeSortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      if (!clean(head.textContent)) return;
      const button = make("button", { type: "button", class: "sort" }, ...head.childNodes);
      head.append(button);
      button.onclick = () => {
        const before = head.getAttribute("aria-sort");
        const falling = before ? before === "ascending" : head.classList.contains("n");
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", falling ? "descending" : "ascending");
        sortBy(table, column, falling);
      };
    });
  }

  function makeFilter(table) {
    const rows = [...table.tBodies[0].rows], name = table.getAttribute("aria-label");
    const input = make("input", { type: "search", placeholder: "Filter rows", "aria-label": `Filter: ${name}` });
    const count = make("span", { role: "status", class: "soft" });
    input.oninput = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = clean(row.textContent).toLowerCase();
        row.hidden = !words.every(word => text.includes(word));
        if (!row.hidden) shown++;
      }
      count.textContent = words.length ? `${shown} of ${rows.length}` : "";
    };
    table.closest(".scroll").before(make("div", { class: "filter script" }, input, count));
  }

  for (const table of all("main table")) {
    const rows = table.tBodies[0].rows.length;
    if (rows > 2 && table.tHead.rows[0].cells.length > 1) makeSortable(table);
    if (rows > 8 && !table.closest("details")) makeFilter(table);
  }

  // ---- Charts that can be clicked

  /** A mark of a drawing as a button. */
  function clickable(mark, act) {
    // A picture's parts are not read out; a group's are.
    mark.closest("svg").setAttribute("role", "group");
    mark.setAttribute("tabindex", "0");
    mark.setAttribute("role", "button");
    mark.setAttribute("aria-label", titleOf(mark));
    mark.onclick = act;
    mark.onkeydown = event => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      act();
    };
  }

  // ---- The faces behind a cell of the confusion matrix

  for (const section of all("main > section")) {
    const faces = all("g.mark[data-cell]", section).filter(mark => mark.querySelector("image"));
    if (faces.length === 0) continue;
    for (const cell of all("g.mark[data-cell]", section)) {
      const behind = faces.filter(face => face.dataset.cell === cell.dataset.cell);
      if (!cell.querySelector(".cell") || behind.length === 0) continue;
      clickable(cell, () => showFaces(cell, behind));
    }
  }

  function showFaces(cell, behind) {
    const figure = cell.closest("figure");
    const pictures = behind.map(face => {
      const picture = make("img", { src: face.querySelector("image").getAttribute("href"), alt: titleOf(face), width: 72, height: 72 });
      return make("figure", {}, picture, make("figcaption", {}, titleOf(face).split(". ").slice(1).join(". ")));
    });
    open(figure, titleOf(cell), make("div", { class: "shots" }, ...pictures));
    for (const other of all("g.mark.chosen", figure)) other.classList.remove("chosen");
    cell.classList.add("chosen");
  }

  /** Shows something under a figure or table, in place of what a click before showed there. */
  function open(after, title, ...content) {
    const old = after.nextElementSibling?.classList.contains("panel") ? after.nextElementSibling : null;
    const inside = after.tagName === "FIGURE" ? after.querySelector(".panel") : old;
    inside?.remove();
    const close = make("button", { type: "button", "aria-label": "Close" }, "×");
    const panel = make("div", { class: "panel script", role: "region", "aria-label": title },
      make("div", { class: "panel-head" }, make("strong", {}, title), close), ...content);
    close.onclick = () => panel.remove();
    if (after.tagName === "FIGURE") after.querySelector("details")?.before(panel);
    else after.after(panel);
    return panel;
  }

  // ---- One trial: its curves and settings, and its marks in every chart

  const rows = new Map(all("tr[data-trial]").map(row => [row.dataset.trial, row]));
  const marks = all("g.mark[data-trial]");

  function chooseTrial(number) {
    const row = rows.get(number);
    if (!row) return;
    for (const one of [...rows.values(), ...marks]) one.classList.toggle("chosen", one.dataset.trial === number);
    const names = [...row.closest("table").tHead.rows[0].cells].map(cell => clean(cell.textContent));
    const facts = make("dl", { class: "facts" }, ...names.slice(1).flatMap((name, i) =>
      [make("div", {}, make("dt", {}, name), make("dd", {}, clean(row.cells[i + 1].textContent)))]));
    const scroll = row.closest(".scroll");
    open(scroll, `Trial ${number}`, curves(row), facts).scrollIntoView({ block: "nearest" });
  }

  const valuesOf = text => (text ?? "").split(" ").filter(Boolean).map(Number);

  /** Accuracy by epoch in training and validation. */
  function curves(row) {
    const lines = [["training", valuesOf(row.dataset.training), "s1"], ["validation", valuesOf(row.dataset.validation), "s2"]];
    const longest = Math.max(...lines.map(line => line[1].length));
    if (longest === 0) return make("p", { class: "soft" }, "No epoch was finished, so there is no curve.");
    const known = lines.flatMap(line => line[1]).filter(isFinite), top = Math.min(1, Math.ceil(Math.max(...known) * 10) / 10);
    const width = 400, height = 190, left = 44, bottom = height - 34;
    const x = i => left + (longest === 1 ? 0.5 : i / (longest - 1)) * (width - left - 12), y = v => bottom - v / top * (bottom - 24);
    const picture = draw("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Accuracy by epoch" });
    for (const share of [0, 0.5, 1]) {
      const at = y(share * top);
      picture.append(draw("line", { x1: left, x2: width - 12, y1: at, y2: at, class: "grid" }),
        draw("text", { x: left - 6, y: at, dy: "0.35em", "text-anchor": "end", class: "tick" }, `${Math.round(100 * share * top)} %`));
    }
    lines.forEach(([name, values, style], i) => {
      const group = draw("g", { class: style });
      const points = values.map((value, at) => [x(at), y(value)]).filter(point => isFinite(point[1]));
      group.append(draw("path", { class: "line", d: "M" + points.map(point => point.join(",")).join("L") }),
        ...points.map(([px, py]) => draw("circle", { class: "dot", cx: px, cy: py, r: 2.4 })),
        draw("rect", { class: "bar", x: left + 90 * i, y: 2, width: 12, height: 12 }));
      picture.append(group, draw("text", { x: left + 90 * i + 18, y: 9, dy: "0.35em", class: "tick" }, name));
    });
    for (const epoch of longest === 1 ? [1] : [1, longest])
      picture.append(draw("text", { x: x(epoch - 1), y: bottom + 14, "text-anchor": epoch > 1 ? "end" : "start", class: "tick" }, `epoch ${epoch}`));
    return picture;
  }

  for (const [number, row] of rows) {
    const name = row.cells[0], button = make("button", { type: "button", class: "link", "aria-label": `Trial ${number}` }, ...name.childNodes);
    name.append(button);
    button.onclick = () => chooseTrial(number);
  }
  if (rows.size > 0) for (const mark of marks) clickable(mark, () => chooseTrial(mark.dataset.trial));

  // ---- Parallel coordinates: a stretch of an axis chosen by dragging keeps the lines that go through it

  for (const chart of all("figure[data-chart=parallel] svg")) {
    const axes = all("line[data-axis]", chart), lines = all("g.mark[data-trial]", chart), brushes = new Map();
    const top = Number(axes[0].getAttribute("y1")) - 8, bottom = Number(axes[0].getAttribute("y2")) + 8;
    const status = make("p", { class: "soft script", role: "status" }, "Drag along an axis to keep the trials that go through that stretch; click the axis to let all back.");
    chart.closest("figure").querySelector("details").before(status);
    const points = lines.map(line => new Map(line.querySelector("path").getAttribute("d").slice(1).split("L")
      .map(pair => pair.split(",").map(Number)).map(([px, py]) => [Math.round(px), py])));

    const update = () => {
      let kept = 0;
      lines.forEach((line, i) => {
        const passes = [...brushes].every(([at, { from, to }]) => points[i].get(at) >= from && points[i].get(at) <= to);
        line.classList.toggle("dim", !passes);
        rows.get(line.dataset.trial)?.classList.toggle("dim", !passes);
        if (passes) kept++;
      });
      status.textContent = brushes.size ? `${kept} of ${lines.length} trials go through what is chosen; click an axis to let it go.`
        : "Drag along an axis to keep the trials that go through that stretch; click the axis to let all back.";
    };

    for (const axis of axes) {
      const at = Number(axis.getAttribute("x1")), key = Math.round(at);
      const band = draw("rect", { class: "brush", x: at - 9, width: 18, y: top, height: 0 });
      const grip = draw("rect", { class: "grip", x: at - 14, width: 28, y: top, height: bottom - top });
      chart.append(band, grip);
      let start = null;
      const place = event => {
        const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(chart.getScreenCTM().inverse());
        return Math.min(bottom, Math.max(top, point.y));
      };
      grip.onpointerdown = event => {
        start = place(event);
        grip.setPointerCapture(event.pointerId);
      };
      grip.onpointermove = event => {
        if (start === null) return;
        const now = place(event), from = Math.min(start, now), to = Math.max(start, now);
        if (to - from < 3) return;
        brushes.set(key, { from, to });
        band.setAttribute("y", from);
        band.setAttribute("height", to - from);
        update();
      };
      grip.onpointerup = event => {
        if (start !== null && Math.abs(place(event) - start) < 3) {
          brushes.delete(key);
          band.setAttribute("height", 0);
          update();
        }
        start = null;
      };
    }
  }

  // ---- A threshold below which the model had better say nothing

  for (const figure of all("figure[data-chart=threshold]")) {
    const steps = [...figure.querySelector("details table").tBodies[0].rows]
      .map(row => [...row.cells].map(cell => numberOf(clean(cell.textContent))));
    const id = `threshold-${all("figure[data-chart=threshold]").indexOf(figure)}`;
    const input = make("input", { type: "range", id, min: 0, max: steps.length - 1, value: 0 });
    const output = make("output", { for: id });
    const guide = draw("line", { class: "guide" });
    input.oninput = () => {
      const [threshold, coverage, accuracy] = steps[Number(input.value)];
      output.textContent = `From ${threshold}\u00a0% on: ${coverage.toFixed(1)}\u00a0% of the faces get an answer, ` +
        (isNaN(accuracy) ? "none is left." : `${accuracy.toFixed(1)}\u00a0% of these rightly.`);
      const hit = all("circle.hit", figure).find(one => titleOf(one.closest("g")).includes(` ${threshold}:`));
      if (!hit) return;
      const plot = all("line.grid", figure).map(line => Number(line.getAttribute("y1"))).filter(isFinite);
      for (const [key, value] of [["x1", hit.getAttribute("cx")], ["x2", hit.getAttribute("cx")], ["y1", Math.min(...plot)], ["y2", Math.max(...plot)]])
        guide.setAttribute(key, value);
    };
    figure.querySelector("svg").append(guide);
    figure.querySelector("details").before(make("div", { class: "slider script" },
      make("label", { for: id }, "Least confidence of an answer"), input, output));
    input.oninput();
  }

  document.documentElement.dataset.script = "on";
})();
