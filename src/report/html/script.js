"use strict";

// The page shows one of three views, by the part of its address after the #:
//   #/          the overview and the list of groups
//   #/3         group 3 and its members
//   #/3/5       member 5 of group 3 beside the member that it is a copy of
// Whatever comes from an article is made a text node, never markup.

(() => {
  const { about, groups: stored } = JSON.parse(document.getElementById("index").textContent);

  const MEANING = {
    exact: "The same words, whatever the case, the punctuation and the layout.",
    near: "Most of it is word for word the same.",
    excerpt: "A part of one article stands in the other.",
    spun: "The same sentences in the same order, with words replaced throughout; figures and names are kept.",
    rewrite: "Reworded, condensed, expanded or reordered; distinctive facts, phrases and quotations are kept.",
  };

  // The numbers that the blocks use.
  const SAME = 0, REPLACED = 1, ALONE = 2, MOVED = 3;
  // Rows of one kind in a run that are shown before the rest is folded.
  const RUN = 4;
  // Entries of a list that are made at a time.
  const PAGE = 60;

  const groups = stored.map(([why, members], number) => ({ number, why, members: members.map(member) }));
  for (const group of groups) {
    group.original = group.members.find((one) => !one.relation) ?? group.members[0];
    group.copies = group.members.filter((one) => one !== group.original);
  }

  function member([id, title, date, relation, of, scores, factsDiffer], number) {
    const [score, jaccard, containment, changed] = scores ?? [];
    return { number, id, title, date, relation, of, score, jaccard, containment, changed, factsDiffer };
  }

  // ---- Making elements

  const $ = (id) => document.getElementById(id);

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined || value === false) continue;
      if (name === "onclick") element.addEventListener("click", value);
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.flat().filter((child) => child !== undefined && child !== ""));
    return element;
  }

  // Control characters, invisible ones, and those that turn the direction of the text.
  const CONTROL =
    /([\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb])/u;

  // Text of an article, with the characters that would act on the page spelt out.
  function text(raw) {
    if (!CONTROL.test(raw)) return [raw];
    return raw.split(CONTROL).filter(Boolean).map((part) => {
      if (!CONTROL.test(part)) return part;
      const code = "U+" + part.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
      return make("span", { class: "control", title: "a character that is not shown" }, code);
    });
  }

  // The same where there can be no elements.
  const plain = (raw) => raw.split(CONTROL).filter((part) => !CONTROL.test(part)).join("");

  const bdi = (raw) => make("bdi", {}, text(raw));
  const number = (value) => value.toLocaleString("en");
  const share = (value) => (value === undefined ? "?" : percent(value));
  const count = (value, thing, things = thing + "s") => `${number(value)} ${value === 1 ? thing : things}`;
  const name = (one) => one.title || one.id;
  const day = (one) => (one.date ? one.date.slice(0, 10) : "");

  // A share in whole per cent, of which only all is 100 and only nothing 0.
  function percent(value) {
    const whole = Math.round(value * 100);
    if (whole === 100 && value < 1) return "over 99 %";
    if (whole === 0 && value > 0) return "under 1 %";
    return `${whole} %`;
  }

  // ---- The blocks of texts

  const blocks = new Map();

  // The block that holds a member's text, opened once.
  function block(group, at) {
    const id = `block-${group.number}-${Math.floor(at / about.block)}`;
    if (!blocks.has(id)) {
      if (blocks.size > 40) blocks.delete(blocks.keys().next().value);
      blocks.set(id, open(id));
    }
    return blocks.get(id);
  }

  async function open(id) {
    // The list is there before the rest of a large page has arrived.
    if (!$(id) && document.readyState === "loading") {
      await new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));
    }
    const element = $(id);
    if (!element) throw new Error("the file is cut short: make the report anew");
    if (typeof DecompressionStream === "undefined") {
      throw new Error("this browser is too old to open the texts: use one of 2023 or later");
    }
    const bytes = Uint8Array.from(atob(element.textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const { texts, pairs } = await new Response(stream).json();
    for (const [at, held] of Object.entries(texts)) {
      if (typeof held === "number") texts[at] = texts[held];
    }
    return { texts, pairs };
  }

  // ---- Lists that grow as they are scrolled

  function list(element, button, things) {
    let entries = [];
    let shown = 0;
    let entry;

    const near = new IntersectionObserver(
      (seen) => {
        if (seen.some((one) => one.isIntersecting) && !button.hidden) grow();
      },
      { rootMargin: "1500px" },
    );

    function grow() {
      const upto = Math.min(entries.length, shown + PAGE);
      const made = document.createDocumentFragment();
      for (; shown < upto; shown++) made.append(entry(entries[shown]));
      element.append(made);
      button.hidden = shown >= entries.length;
      button.textContent = `Show more of ${count(entries.length, ...things)}`;
      // Watched anew each time: an observer tells of changes only.
      near.unobserve(button);
      near.observe(button);
    }

    button.addEventListener("click", () => {
      const first = shown;
      grow();
      element.children[first]?.querySelector("a")?.focus();
    });

    element.addEventListener("keydown", (event) => {
      const row = event.target.closest("li");
      if (!row || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (event.key === "End") while (shown < entries.length) grow();
      const next = {
        ArrowDown: row.nextElementSibling,
        ArrowUp: row.previousElementSibling,
        Home: element.firstElementChild,
        End: element.lastElementChild,
      }[event.key];
      if (!next) return;
      event.preventDefault();
      next.querySelector("a").focus();
    });

    return {
      fill(all, make) {
        entries = all;
        entry = make;
        shown = 0;
        element.replaceChildren();
        grow();
      },
      // Makes entries up to this one.
      reach(at) {
        while (shown <= at && shown < entries.length) grow();
        return element.children[at];
      },
    };
  }

  const groupList = list($("groups"), $("more"), ["group"]);
  const copyList = list($("copies"), $("more-copies"), ["copy", "copies"]);

  // ---- The overview

  const relations = new Map();
  for (const group of groups) {
    group.relations = new Map();
    for (const { relation } of group.copies) {
      group.relations.set(relation, (group.relations.get(relation) ?? 0) + 1);
      relations.set(relation, (relations.get(relation) ?? 0) + 1);
    }
  }
  const known = Object.keys(MEANING);
  const place = (relation) => (known.includes(relation) ? known.indexOf(relation) : known.length);
  const inOrder = (counts) => [...counts].sort(([x], [y]) => place(x) - place(y));

  function bars(title, entries) {
    const most = Math.max(1, ...entries.map(([, value]) => value));
    const rows = entries.map(([label, value]) => {
      const bar = make("i", { "aria-hidden": "true" });
      bar.style.width = `${(100 * value) / most}%`;
      return make("li", { class: "bar" }, make("span", {}, label), make("span", {}, bar), make("b", {}, number(value)));
    });
    return make("figure", {}, make("h3", {}, title), make("ul", {}, rows));
  }

  function sizes() {
    const steps = [[2, 2], [3, 3], [4, 4], [5, 9], [10, 19], [20, 49], [50, 99], [100, 999], [1000, Infinity]];
    const counts = steps.map(([low, high]) => {
      const label = high === Infinity ? `${number(low)} or more` : low === high ? `${low}` : `${low} to ${high}`;
      return [label, groups.filter((group) => group.members.length >= low && group.members.length <= high).length];
    });
    return bars("Groups by number of articles", counts.filter(([, value]) => value > 0));
  }

  // Articles by year, month or day: the finest of which there are not too many.
  function timeline() {
    const dated = groups.flatMap((group) => group.members).filter((one) => /^\d{4}-\d\d-\d\d/.test(one.date ?? ""));
    if (dated.length < 2) return undefined;
    const days = dated.map(day).sort();
    const [first, last] = [days[0], days[days.length - 1]];
    const span = (Date.parse(last) - Date.parse(first)) / 86400000;
    const [unit, length] = span < 62 ? ["day", 10] : span < 62 * 30 ? ["month", 7] : ["year", 4];
    const bins = new Map();
    const date = new Date(first.slice(0, length).padEnd(10, "-01"));
    for (let key = first.slice(0, length); key <= last.slice(0, length) && bins.size < 400; ) {
      bins.set(key, [0, 0]);
      if (unit === "day") date.setUTCDate(date.getUTCDate() + 1);
      else if (unit === "month") date.setUTCMonth(date.getUTCMonth() + 1);
      else date.setUTCFullYear(date.getUTCFullYear() + 1);
      key = date.toISOString().slice(0, length);
    }
    for (const one of dated) {
      const bin = bins.get(day(one).slice(0, length));
      if (bin) bin[one.relation ? 1 : 0] += 1;
    }
    const entries = [...bins];
    const most = Math.max(...entries.map(([, [x, y]]) => x + y));
    const peak = entries.find(([, [x, y]]) => x + y === most);
    const chart = $("chart").content.firstElementChild.cloneNode(true);
    const svg = (tag, attributes) => {
      const element = document.createElementNS(chart.namespaceURI, tag);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      return element;
    };
    chart.setAttribute("viewBox", `0 0 ${entries.length} 100`);
    chart.setAttribute("aria-label",
      `Articles by ${unit} from ${entries[0][0]} to ${entries[entries.length - 1][0]}; ` +
      `most in ${peak[0]}: ${count(most, "article")}`);
    entries.forEach(([key, [originals, copies]], x) => {
      const [low, high] = [(100 * originals) / most, (100 * copies) / most];
      const bar = (y, height, kind) => svg("rect", { x: x + 0.08, width: 0.84, y, height, class: kind });
      const both = svg("g", {});
      both.append(bar(100 - low, low, "originals"), bar(100 - low - high, high, "copies"));
      const tip = svg("title", {});
      tip.textContent = `${key}: ${count(originals, "original")}, ${count(copies, "copy", "copies")}`;
      both.append(tip);
      chart.append(both);
    });
    return make("figure", {},
      make("h3", {}, `Articles by ${unit}`),
      chart,
      make("div", { class: "axis" },
        make("span", {}, entries[0][0]),
        make("span", {}, entries[entries.length - 1][0])),
      make("div", { class: "key" },
        make("span", {}, make("i", { class: "originals" }), "originals"),
        make("span", {}, make("i"), "copies")));
  }

  function overview() {
    const copies = groups.reduce((sum, group) => sum + group.copies.length, 0);
    $("headline").textContent = groups.length === 0
      ? "No copies were found"
      : `${count(copies, "copy", "copies")} of ${count(groups.length, "original")}`;
    $("lead").textContent = about.articles === null
      ? "Each group is an original article and the articles that were made from it."
      : `Found among ${count(about.articles, "article")}. Each group is an original and the articles made from it.`;
    $("made").textContent = `Made by unspin ${about.version}. This file holds everything it shows and loads nothing.`;
    if (groups.length > 0) {
      const figures = [bars("Copies by relation", inOrder(relations)), sizes(), timeline()];
      $("figures").replaceChildren(...figures.filter(Boolean));
    }
    const options = inOrder(relations).map(([relation, n]) =>
      make("option", { value: relation }, `${relation} (${number(n)})`));
    $("relation").append(...options);
    arrange();
  }

  const collator = new Intl.Collator("en", { numeric: true });
  const extreme = (group, of, pick, none) => {
    const values = group.copies.map(of).filter((value) => value !== undefined);
    return values.length ? values.reduce((x, y) => pick(x, y)) : none;
  };
  const newest = (group) => group.members.reduce((last, one) => (one.date > last ? one.date : last), "");
  const oldest = (group) =>
    group.members.reduce((first, one) => (one.date && one.date < first ? one.date : first), "9999");
  const ORDERS = {
    size: () => 0,
    changed: (x, y) => y.changed - x.changed,
    unsure: (x, y) => x.unsure - y.unsure,
    newest: (x, y) => (newest(x) < newest(y) ? 1 : newest(x) > newest(y) ? -1 : 0),
    oldest: (x, y) => (oldest(x) > oldest(y) ? 1 : oldest(x) < oldest(y) ? -1 : 0),
    name: (x, y) => collator.compare(name(x.original), name(y.original)),
  };
  for (const group of groups) {
    group.changed = extreme(group, (one) => one.changed, Math.max, -1);
    group.unsure = extreme(group, (one) => one.score, Math.min, 2);
  }

  // The words of all ids and titles of a group, to be searched.
  function haystack(group) {
    group.words ??= group.members.map((one) => `${one.id} ${one.title ?? ""}`).join("\n").toLowerCase();
    return group.words;
  }

  function arrange() {
    const words = $("find").value.toLowerCase().split(/\s+/).filter(Boolean);
    const relation = $("relation").value;
    const chosen = groups.filter((group) =>
      (!relation || group.relations.has(relation)) && words.every((word) => haystack(group).includes(word)));
    chosen.sort(ORDERS[$("order").value]);
    groupList.chosen = chosen;
    groupList.fill(chosen, groupRow);
    $("count").textContent = chosen.length === groups.length
      ? count(groups.length, "group")
      : `${number(chosen.length)} of ${count(groups.length, "group")}`;
  }

  function groupRow(group) {
    const { original } = group;
    const kinds = inOrder(group.relations).map(([relation, n]) => `${number(n)} ${relation}`).join(", ");
    const parts = [kinds];
    if (group.changed > 0) parts.push(`${percent(group.changed)} of the words changed${group.copies.length > 1 ? " at most" : ""}`);
    const id = original.title ? [make("span", { class: "id" }, bdi(original.id)), " · "] : [];
    return make("li", {}, make("a", { class: "row", href: `#/${group.number}` },
      make("span", { class: "size" }, number(group.members.length), make("small", {}, "articles")),
      make("span", { class: "name", dir: "auto" }, text(name(original))),
      make("span", { class: "when" }, day(original)),
      make("span", { class: "about" }, id, parts.join(" · "))));
  }

  // ---- One group

  function showGroup(group) {
    const { original } = group;
    $("group-kicker").textContent = `Group ${group.number} · original${day(original) ? ` of ${day(original)}` : ""}`;
    $("group-title").replaceChildren(...text(name(original)));
    $("group-id").replaceChildren(...(original.title ? [bdi(original.id)] : []));
    $("group-why").replaceChildren(
      make("p", {}, "Why this is the original"),
      make("p", { class: "reason" }, ...text(sentence(group.why) || "The groups do not say.")));
    $("group-count").textContent = count(group.copies.length, "copy", "copies");
    const copies = [...group.copies].sort((x, y) => (y.score ?? 0) - (x.score ?? 0) || x.number - y.number);
    copyList.fill(copies, (copy) => copyRow(group, copy));
  }

  const sentence = (words) => words && words[0].toUpperCase() + words.slice(1) + (/[.!?]$/.test(words) ? "" : ".");

  function copyRow(group, copy) {
    const facts = [];
    if (copy.relation !== "exact" && copy.changed !== undefined) facts.push(`${percent(copy.changed)} of the words changed`);
    if (copy.score !== undefined) facts.push(`sure to ${percent(copy.score)}`);
    const about = make("span", { class: "about" });
    if (copy.title) about.append(make("span", { class: "id" }, bdi(copy.id)), " · ");
    about.append(facts.join(" · "));
    if (copy.of !== group.original.number) {
      about.append(make("br"), "made from ", bdi(name(group.members[copy.of])));
    }
    if (copy.factsDiffer) about.append(make("br"), make("span", { class: "warning" }, "Figures or names differ"));
    const sites = make("span", { class: "sites" });
    block(group, copy.number).then(({ pairs }) => {
      const found = pairs[copy.number]?.sites ?? [];
      sites.append(...found.slice(0, 3).flatMap((site) => [make("span", {}, ...became(site)), " "]));
    }).catch(() => {});
    return make("li", {}, make("a", { class: "row", href: `#/${group.number}/${copy.number}` },
      make("span", { class: "relation" }, copy.relation),
      make("span", { class: "name", dir: "auto" }, text(name(copy))),
      make("span", { class: "when" }, day(copy)),
      about, sites));
  }

  // Words of the original, and those of the copy.
  function became([original, copy]) {
    return [
      make("mark", {}, bdi(original)),
      make("span", { class: "arrow", "aria-hidden": "true" }, "→"),
      make("span", { class: "hidden-label" }, " became "),
      make("mark", {}, bdi(copy)),
    ];
  }

  // ---- One copy beside its original

  async function showPair(group, copy) {
    const original = group.members[copy.of] ?? group.original;
    $("pair-kicker").replaceChildren(make("span", { class: "relation" }, copy.relation), " ", day(copy));
    $("pair-title").replaceChildren(...text(name(copy)));
    $("pair-id").replaceChildren(...(copy.title ? [bdi(copy.id)] : []));
    $("pair-meaning").textContent = MEANING[copy.relation] ?? "";
    $("scores").replaceChildren(...scores(copy));
    $("pair-why").replaceChildren(...why(group, copy, original));
    $("steps").hidden = true;
    $("evidence").hidden = true;
    $("texts").replaceChildren(make("p", { class: "nothing" }, "Opening the texts …"));
    const address = location.hash;
    let found;
    try {
      found = await block(group, copy.number);
    } catch (error) {
      $("texts").replaceChildren(make("p", { class: "notice", role: "alert" }, `The texts cannot be shown: ${error.message}`));
      return;
    }
    // The reader may have gone on meanwhile.
    if (location.hash !== address) return;
    const pair = found.pairs[copy.number] ?? {};
    const table = pair.rows && texts(group, copy, original, found, pair);
    $("texts").replaceChildren(...(table ?? [make("p", { class: "notice" },
      "The report was made without the texts. To have them here, name the inputs: ",
      make("code", {}, "unspin report groups.jsonl INPUT… -o report.html"))]));
    evidence(copy, pair);
    steps();
  }

  function scores(copy) {
    const entries = [
      ["Probability of a copy", copy.score],
      ["Words changed", copy.changed],
      ["Phrases shared (Jaccard)", copy.jaccard],
      ["Contained", copy.containment],
    ].filter(([, value]) => value !== undefined);
    const shown = entries.map(([label, value]) => make("div", {}, make("dt", {}, label), make("dd", {}, share(value))));
    if (copy.factsDiffer) {
      shown.push(make("div", {}, make("dt", {}, "Figures or names"), make("dd", { class: "warning" }, "differ")));
    }
    return shown;
  }

  function why(group, copy, original) {
    const link = (one) => make("a", { href: one === group.original ? `#/${group.number}` : `#/${group.number}/${one.number}` }, bdi(name(one)));
    const shown = [];
    if (original !== group.original) shown.push(make("p", {}, "It was made from ", link(original), ", which is a copy itself."));
    shown.push(make("p", {}, "Why ", link(group.original), " is the original"));
    shown.push(make("p", { class: "reason" }, ...text(sentence(group.why) || "The groups do not say.")));
    return shown;
  }

  function evidence(copy, { sites = [], passage }) {
    const quote = passage && make("blockquote", { dir: "auto" }, "“", ...text(passage[1]), "”",
      make("footer", {}, `The longest passage in common: ${count(passage[0], "word")}, word for word.`));
    const items = sites.map((site) => make("li", {}, ...became(site)));
    const words = items.length > 0 && make("ul", {}, items);
    // Of a copy that keeps the wording the wording tells most, of a reworded one what became of it.
    const kept = ["exact", "near", "excerpt"].includes(copy.relation);
    const shown = (kept ? [quote, words] : [words, quote]).filter(Boolean);
    $("evidence-list").replaceChildren(...shown);
    $("evidence").hidden = shown.length === 0;
  }

  // The tag of each mark in the original's column, and in the copy's.
  const TAGS = {
    [REPLACED]: [["mark", {}], ["mark", {}]],
    [ALONE]: [["del", {}], ["ins", {}]],
    [MOVED]: [["mark", { class: "moved", title: "stands elsewhere in the other text" }],
      ["mark", { class: "moved", title: "stands elsewhere in the other text" }]],
  };
  const LEGEND = [
    [REPLACED, 0, "replaced"],
    [ALONE, 0, "only in the original"],
    [ALONE, 1, "only in the copy"],
    [MOVED, 0, "moved"],
  ];

  function marked(tag, attributes, words) {
    return make(tag, attributes, ...text(words));
  }

  function texts(group, copy, original, { texts }, { rows, words }) {
    const used = [new Set(), new Set()];
    const columns = [texts[original.number], texts[copy.number]];
    const at = [0, 0];
    const body = rows.map((row) => row.map((pieces, side) => {
      const cell = { nodes: [], same: true, length: 0 };
      for (let n = 0; n < pieces.length; n += 2) {
        const [mark, length] = [pieces[n], pieces[n + 1]];
        const words = columns[side].slice(at[side], at[side] + length);
        at[side] += length;
        cell.length += length;
        used[side].add(mark);
        if (mark === SAME) cell.nodes.push(...text(words));
        else cell.nodes.push(marked(...TAGS[mark][side], words));
        cell.same &&= mark === SAME;
      }
      return cell;
    }));
    const legend = LEGEND.filter(([mark, side]) => used[side].has(mark))
      .map(([mark, side, label]) => make("li", {}, marked(...TAGS[mark][side], label)));
    const head = (one, label, n) => make("th", { scope: "col" }, label,
      make("small", {}, bdi(name(one)), ` · ${count(n, "word")}`));
    const table = make("table", { class: "texts", "aria-labelledby": "texts-title" },
      make("thead", {}, make("tr", {},
        head(original, original === group.original ? "Original" : "Made from", words[0]),
        head(copy, "Copy", words[1]))));
    const tbody = make("tbody");
    const made = body.map(tableRow);
    connect(made);
    let start = 0;
    while (start < body.length) {
      let end = start + 1;
      while (end < body.length && kind(body[end]) === kind(body[start])) end++;
      const run = made.slice(start, end);
      if (kind(body[start]) !== "changed" && run.length > RUN) fold(tbody, run, kind(body[start]));
      else tbody.append(...run);
      start = end;
    }
    table.append(tbody);
    return legend.length ? [make("ul", { class: "legend", "aria-label": "Signs" }, legend), table] : [table];
  }

  function kind([left, right]) {
    if (left.length === 0) return "right";
    if (right.length === 0) return "left";
    return left.same && right.same ? "same" : "changed";
  }

  function tableRow(cells) {
    const what = kind(cells);
    const sides = ["Original", "Copy"];
    return make("tr", { class: what }, cells.map((cell, side) =>
      make("td", { dir: "auto", "data-side": cell.length ? sides[side] : false },
        cell.length ? cell.nodes : make("span", { class: "hidden-label" }, "nothing"))));
  }

  // Makes each moved passage lead to where it stands in the other text.
  function connect(rows) {
    const moved = [0, 1].map((side) => rows.flatMap((row) => [...row.cells[side].querySelectorAll(".moved")]));
    const key = (mark) => mark.textContent.toLowerCase().replace(/\s+/g, " ");
    for (const [mark, others] of [...moved[0].map((m) => [m, moved[1]]), ...moved[1].map((m) => [m, moved[0]])]) {
      // A passage may be cut where the other text ends a sentence.
      const other = others.find((one) => key(one).startsWith(key(mark)) || key(mark).startsWith(key(one)));
      if (!other) continue;
      const follow = () => {
        const row = other.closest("tr");
        if (!row.isConnected) row.unfold();
        show(other);
        other.focus({ preventScroll: true });
      };
      mark.tabIndex = 0;
      mark.setAttribute("role", "link");
      mark.title = "moved: go to where it stands in the other text";
      mark.addEventListener("click", follow);
      mark.addEventListener("keydown", (event) => { if (event.key === "Enter") follow(); });
    }
  }

  // Shows the first and the last of some rows; a button shows the rest.
  function fold(tbody, run, what) {
    const rest = run.slice(1, -1);
    const label = { same: "the same in both", left: "only in the original", right: "only in the copy" }[what];
    const words = rest.reduce((sum, row) =>
      sum + Math.max(...[...row.cells].map((cell) => cell.textContent.split(/\s+/).length)), 0);
    const button = make("button", {
      type: "button",
      onclick: () => {
        row.replaceWith(...rest);
        rest[0].tabIndex = -1;
        rest[0].focus();
        steps();
      },
    }, `Show about ${count(words, "more word")}, ${label}`);
    const row = make("tr", { class: "fold" }, make("td", { colspan: 2 }, button));
    for (const hidden of rest) hidden.unfold = () => button.click();
    tbody.append(run[0], row, run[run.length - 1]);
  }

  // ---- From difference to difference

  let differences = [];
  let step = -1;

  function steps() {
    const seen = new Set();
    // One stop a row and kind of mark would be too many: one a row that differs.
    differences = [...$("texts").querySelectorAll("tbody mark, tbody del, tbody ins")].filter((mark) => {
      const row = mark.closest("tr");
      return !seen.has(row) && seen.add(row);
    });
    step = -1;
    $("steps").hidden = differences.length === 0;
    tell();
  }

  function tell() {
    $("step").textContent = step < 0
      ? count(differences.length, "changed row")
      : `${number(step + 1)} of ${number(differences.length)}`;
    $("previous").setAttribute("aria-disabled", String(step <= 0));
    $("next").setAttribute("aria-disabled", String(step >= differences.length - 1));
  }

  function go(by) {
    const to = step + by;
    if (to < 0 || to >= differences.length) return;
    differences[step]?.classList.remove("here");
    step = to;
    differences[step].classList.add("here");
    show(differences[step]);
    tell();
  }

  function show(mark) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    mark.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  }

  $("previous").addEventListener("click", () => go(-1));
  $("next").addEventListener("click", () => go(1));

  // ---- Which view is shown

  let scrolled = 0;
  let last = null;

  function route() {
    const [, first, second] = location.hash.split("/");
    const group = first ? groups[Number(first)] : undefined;
    const copy = group && second ? group.members[Number(second)] : undefined;
    const view = copy?.relation ? "pair" : group ? "group" : "overview";
    if (!$("overview").hidden) scrolled = scrollY;
    for (const id of ["overview", "group", "pair"]) $(id).hidden = id !== view;

    const path = [];
    if (group) path.push(view === "group"
      ? make("span", { "aria-current": "page" }, `Group ${group.number}`)
      : make("a", { href: `#/${group.number}` }, `Group ${group.number}`));
    if (view === "pair") path.push(make("span", { "aria-current": "page" }, bdi(copy.id)));
    $("path").replaceChildren(...path);

    const from = last;
    last = { view, group, copy };
    if (view === "group") showGroup(group);
    if (view === "pair") showPair(group, copy);
    document.title = plain({
      overview: "Originals and their copies",
      group: `Group ${first}: ${group && name(group.original)}`,
      pair: `${copy?.relation}: ${copy && name(copy)}`,
    }[view]);
    if (from === null) return;

    // Back where the reader was in the list, or at the head of what is new.
    if (view === "overview" && from.group) {
      const at = groupList.chosen.indexOf(from.group);
      const row = at < 0 ? undefined : groupList.reach(at)?.querySelector("a");
      scrollTo(0, scrolled);
      (row ?? $("headline")).focus({ preventScroll: Boolean(row) });
    } else if (view === "group" && from.copy && from.group === group) {
      const row = $("copies").querySelector(`a[href="#/${group.number}/${from.copy.number}"]`);
      if (!row) scrollTo(0, 0);
      (row ?? $("group-title")).focus();
    } else {
      scrollTo(0, 0);
      $({ overview: "headline", group: "group-title", pair: "pair-title" }[view]).focus({ preventScroll: true });
    }
  }

  addEventListener("hashchange", () => {
    if (!location.hash || location.hash.startsWith("#/")) route();
  });
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    $("main").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.target.matches("input, select") || !last?.group) return;
    location.hash = last.view === "pair" ? `#/${last.group.number}` : "#/";
  });

  let waiting;
  $("find").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(arrange, 80);
  });
  $("relation").addEventListener("change", arrange);
  $("order").addEventListener("change", arrange);

  history.scrollRestoration = "manual";
  overview();
  route();
})();
