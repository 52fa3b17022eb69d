// The page's own scripts: URL <-> controls, busy and stale, theme, copy, pictures.
// The URL's query is the only state; nothing here counts anything.
(function () {
  "use strict";
  const SILENT_AFTER = 8000; // milliseconds
  const FILL_TRIES = 25; // of 40 milliseconds, until the new page is in the document
  const REST = 700; // milliseconds after the last figure, before tables out of sight are made
  const STALE =
    "These figures are from before your last change: the server has not answered. " +
    "Check the connection, then try again.";
  // Control -> key of the URL and the value that is left out of it.
  const KEYS = {
    "f-ch": ["ch", ""],
    "f-seg": ["seg", ""],
    "f-conv": ["conv", "all"],
    "f-at": ["at", ""],
    "f-dir": ["dir", "after"],
    "f-part": ["part", "before"],
    "f-steps": ["steps", "5"],
    "f-top": ["top", "6"],
    "f-vs": ["vs", ""],
  };
  const CONTROLS = [
    "f-days", "f-ch", "f-seg", "f-conv", "f-at", "f-dir", "f-part", "f-steps", "f-top", "f-vs",
  ];
  let silence = null;
  let asked = null;

  const none = () => window.dash_clientside.no_update;
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const element = (id) => document.getElementById(id);
  const isDark = () =>
    document.documentElement.getAttribute("data-mantine-color-scheme") === "dark";

  // Plotly may still be on its way when the first figure comes. Dash waits for whatever has its
  // name, and would load it a second time where nothing has.
  const plotly = element("plotly");
  if (plotly && !window.Plotly)
    window.Plotly = new Promise((done, failed) => {
      plotly.addEventListener("load", done);
      plotly.addEventListener("error", failed);
    });

  function spelled(value) {
    if (value === null || value === undefined) return "";
    return Array.isArray(value) ? value.join(",") : String(value);
  }

  function put(query, key, value, fallback) {
    if (value === fallback) query.delete(key);
    else query.set(key, value);
  }

  function putDays(query, days, all) {
    if (!days || !days[0] || !days[1]) return;
    put(query, "from", days[0], all[0]);
    put(query, "to", days[1], all[1]);
  }

  function putDial(query, id, value) {
    if (value === null || value === undefined || value === "") return;
    const parts = (query.get("dial") || "").split(",").filter((part) => part.includes("="));
    const kept = parts.filter((part) => part.split("=")[0] !== id.key);
    const isDefault =
      String(value) === id.default || (id.default !== "" && Number(value) === Number(id.default));
    if (!isDefault) kept.push(id.key + "=" + value);
    put(query, "dial", kept.join(","), "");
  }

  // The URL changes at once, so that the next change builds on this one however slow the
  // answer is; then the server is asked.
  function go(address) {
    history.pushState(null, "", address);
    set("url", { data: window.location.search });
  }

  function settle() {
    clearTimeout(silence);
    const main = element("content");
    if (!main) return;
    main.removeAttribute("aria-busy");
    main.classList.remove("is-silent");
    element("stale").classList.remove("is-shown");
    set("stale-words", { children: "" });
  }

  // The other figures and the tables that no part hides come one by one once the first figure is
  // drawn, which need not wait for them; a table in a closed part is asked for when it is opened.
  function fill(box) {
    const id = JSON.parse(box.id);
    const place = window.dash_component_api.getLayout(id);
    const part = place && place.props.children; // a store, or the sentences of a wait
    const held = part && part.props && part.props.data;
    const filled = { className: "jl-" + id.type };
    box.classList.remove("jl-later");
    if (held) filled.children = JSON.parse(held);
    set(id, filled);
    if (!held) want(box, id.panel);
  }

  function want(box, panel) {
    box.classList.remove("is-late");
    set({ panel: panel, type: "wanted-table" }, { data: { panel: panel, at: Date.now() } });
    setTimeout(() => {
      if (box.querySelector(".jl-reading")) box.classList.add("is-late");
    }, SILENT_AFTER);
  }

  const isFolded = (box) => Boolean(box.closest("details:not([open])"));
  const isSeen = (box) => {
    const place = box.getBoundingClientRect();
    return place.top < window.innerHeight && place.bottom > 0;
  };
  const isTable = (box) => box.classList.contains("jl-later-table");
  const waiting = (part) => [...part.querySelectorAll(".jl-later")].filter((box) => !isFolded(box));

  // What a reader has before the eyes comes first, then the other figures; a table out of sight
  // takes as long as two figures and would keep a click waiting, so it is made when it comes into
  // sight, or in a while without anything to do.
  let turn = null;
  let restAt = 0;
  function fillInTurn(tries) {
    clearTimeout(turn);
    const boxes = waiting(document);
    const isRest = Date.now() > restAt;
    const box = boxes.find(isSeen) || boxes.find((one) => !isTable(one)) || (isRest && boxes[0]);
    const first = document.querySelector("#body .js-plotly-plot, #body .dash-graph");
    const isDrawn = first && document.querySelector("#body .js-plotly-plot .main-svg");
    if (box && (isDrawn || !first)) {
      fill(box);
      if (!isTable(box)) restAt = Date.now() + REST;
      requestAnimationFrame(() => { turn = setTimeout(() => fillInTurn(FILL_TRIES), 0); });
    } else if (tries > 0) turn = setTimeout(() => fillInTurn(boxes.length ? tries : tries - 1), 40);
  }

  function figureOf(panel) {
    const name = JSON.stringify({ panel: panel, type: "figure" });
    const box = element(name);
    return box && box.querySelector(".js-plotly-plot");
  }

  function chosen(told) {
    const changed = window.dash_clientside.callback_context.triggered;
    if (!changed || !changed.length || !changed[0].value || !told) return null;
    const id = JSON.parse(changed[0].prop_id.replace(/\.[^.]*$/, ""));
    const value = changed[0].value;
    let key = value.value;
    if (value.points) {
      key = value.points[0] && value.points[0].customdata;
      set(id, { clickData: null });
    }
    if (Array.isArray(key)) key = key[0];
    if (typeof key !== "string") return null;
    return { panel: id.panel, key: key, at: Date.now(), search: told.asked, run: told.run };
  }

  const scripts = {
    start() {
      if (!window.jlThemeSeen) {
        window.jlThemeSeen = new MutationObserver(() => set("dark", { data: isDark() }));
        window.jlThemeSeen.observe(document.documentElement, {
          attributes: true,
          attributeFilter: ["data-mantine-color-scheme"],
        });
      }
      return [window.location.search, isDark()];
    },

    busy(search) {
      asked = search || "";
      const main = element("content");
      if (main) {
        main.setAttribute("aria-busy", "true");
        clearTimeout(silence);
        silence = setTimeout(() => {
          main.classList.add("is-silent");
          element("stale").classList.add("is-shown");
          set("stale-words", { children: STALE });
        }, SILENT_AFTER);
      }
      return none();
    },

    told(told) {
      if (!told || (asked !== null && told.asked !== asked)) return none();
      settle();
      restAt = Date.now() + REST;
      fillInTurn(FILL_TRIES);
      if (told.view) {
        const heading = document.querySelector(".jl-name h1");
        document.title = told.view + " – " + (heading ? heading.textContent : "journeylab");
      }
      element("news").classList.toggle("is-shown", false);
      for (const link of document.querySelectorAll(".jl-view")) {
        if (link.classList.contains("is-current")) {
          link.setAttribute("aria-current", "page");
          const list = link.closest("ul"); // on a phone it scrolls sideways
          if (list.scrollWidth > list.clientWidth) list.scrollLeft = link.offsetLeft - list.offsetLeft;
        } else link.removeAttribute("aria-current");
      }
      if (told.values) {
        const canonical = told.search ? "?" + told.search : "";
        if (window.location.search !== canonical)
          history.replaceState(history.state, "", window.location.pathname + canonical);
        CONTROLS.forEach((id, place) => {
          const field = element(id + "-field");
          if (!field) return;
          set(id, { value: told.values[place] });
          field.classList.toggle("is-idle", told.idle.includes(id));
        });
      }
      return Date.now();
    },

    write(...inputs) {
      const told = inputs[inputs.length - 1];
      const changed = window.dash_clientside.callback_context.triggered;
      if (!told || !told.values || !changed) return none();
      let query = new URLSearchParams(window.location.search);
      for (const one of changed) {
        const name = one.prop_id.replace(/\.[^.]*$/, "");
        if (name === "reset") {
          if (!one.value) continue;
          const view = query.get("view");
          query = new URLSearchParams(view ? { view: view } : {});
        } else if (name.startsWith("{")) putDial(query, JSON.parse(name), one.value);
        else if (name === "f-days") putDays(query, one.value, told.days);
        else if (KEYS[name]) put(query, KEYS[name][0], spelled(one.value), KEYS[name][1]);
      }
      const text = query.toString();
      const wanted = text ? "?" + text : "";
      const now = new URLSearchParams(window.location.search).toString();
      if (text !== now) go(window.location.pathname + wanted);
      return none();
    },

    again(retry, show, count) {
      if (!retry && !show) return none();
      return (count || 0) + 1;
    },

    news(newest, told) {
      if (!newest || !told) return none();
      if (!told.run) set("again", { data: Date.now() });
      else if (newest !== told.run) {
        set("news-words", { children: "Newer data has been published." });
        element("news").classList.add("is-shown");
      }
      return none();
    },

    burger(opened) {
      element("side").classList.toggle("is-open", Boolean(opened));
      element("burger").setAttribute("aria-expanded", String(Boolean(opened)));
      return String(Boolean(opened));
    },

    copy(clicks) {
      if (!clicks) return none();
      const said = (word) => {
        set("copy", { children: word });
        setTimeout(() => set("copy", { children: "Copy link" }), 2500);
      };
      try {
        navigator.clipboard
          .writeText(window.location.href)
          .then(() => said("Link copied"), () => said("Copy it from the address bar"));
      } catch (error) {
        said("Copy it from the address bar");
      }
      return none();
    },

    choose(...inputs) {
      const one = chosen(inputs[inputs.length - 1]);
      return one === null ? none() : one;
    },

    chooseOne(...inputs) {
      const one = chosen(inputs[inputs.length - 1]);
      if (one === null) return none();
      setTimeout(() => {
        const line = element("line");
        if (line) line.scrollIntoView({ block: "nearest" });
      }, 600);
      return one;
    },

    picture() {
      const changed = window.dash_clientside.callback_context.triggered;
      if (!changed || !changed.length || !changed[0].value) return none();
      const panel = JSON.parse(changed[0].prop_id.replace(/\.[^.]*$/, "")).panel;
      const drawing = figureOf(panel);
      if (!drawing) return none();
      const whole = (drawing.layout.meta || {}).whole || {};
      const layout = Object.assign({}, drawing.layout, whole, {
        paper_bgcolor: isDark() ? "#1A1F26" : "#FFFFFF",
        autosize: false,
        width: Math.max(1200, drawing.offsetWidth),
      });
      window.Plotly.downloadImage(
        { data: drawing.data, layout: layout },
        { format: "png", scale: 2, width: layout.width, height: layout.height, filename: panel }
      );
      return none();
    },
  };

  window.dash_clientside = Object.assign({}, window.dash_clientside, { journeylab: scripts });

  window.addEventListener("popstate", () => set("url", { data: window.location.search }));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.jl-link");
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (link.href === window.location.href) return;
    go(link.href);
    window.scrollTo(0, 0);
  });

  document.addEventListener("click", (event) => {
    const box = event.target.closest(".jl-again") && event.target.closest("div[id]");
    if (box) want(box, JSON.parse(box.id).panel);
  });

  // Opening or closing a part does not bubble, so it is caught on its way down.
  document.addEventListener("toggle", (event) => {
    if (event.target.open) waiting(event.target).forEach(fill);
  }, true);

  // The menu of downloads closes like any other: by Escape, or by a click elsewhere.
  function closeMenus(kept) {
    for (const menu of document.querySelectorAll(".jl-menu[open]"))
      if (menu !== kept) menu.open = false;
  }
  document.addEventListener("click", (event) => closeMenus(event.target.closest(".jl-menu")));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector(".jl-menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // A session that has ended shows the login page instead of a page that stays still.
  const plainFetch = window.fetch;
  window.fetch = async function (...told) {
    const response = await plainFetch.apply(this, told);
    if (response.status === 401) window.location.reload();
    return response;
  };
})();
