// What tables need in the browser: how values are written, the button of a row, the theme.
(function () {
  "use strict";
  const UNITS = [["days", 86400], ["h", 3600], ["min", 60]];
  const NOTHING = "–";

  // How the locale writes, told by the server in the head of the page: one place for both.
  const LOCALE = JSON.parse(document.querySelector('meta[name="jl-locale"]').content);

  function number(value, options) {
    const parts = new Intl.NumberFormat("en-US", options).formatToParts(value);
    return parts
      .map((part) => (part.type === "decimal" || part.type === "group" ? LOCALE[part.type] : part.value))
      .join("");
  }

  const rounded = (value, digits) =>
    number(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });

  function seconds(value) {
    for (const [unit, size] of UNITS)
      if (value >= size) return rounded(value / size, 1) + " " + unit;
    return rounded(value, 0) + " s";
  }

  function day(value, zone) {
    const told = new Intl.DateTimeFormat("en-US", {
      day: "numeric", month: "numeric", year: "numeric", timeZone: zone,
    }).formatToParts(value);
    const part = (type) => told.find((one) => one.type === type).value;
    return part("day") + LOCALE.day + LOCALE.months[part("month") - 1] + " " + part("year");
  }

  function instant(value, zone) {
    const time = value.toLocaleTimeString("en-GB", {
      hour: "2-digit", minute: "2-digit", timeZone: zone,
    });
    return day(value, zone) + ", " + time;
  }

  function written(value, form, zone) {
    if (value === null || value === undefined) return NOTHING;
    switch (form) {
      case "count": return rounded(value, 0);
      case "share": return rounded(100 * value, 1) + LOCALE.percent + "%";
      case "number":
        return Number.isInteger(value) ? rounded(value, 0) : number(value, { maximumSignificantDigits: 3 });
      case "seconds": return seconds(value);
      case "money": return rounded(value, 2);
      case "day": return day(new Date(String(value).slice(0, 10) + "T00:00:00Z"), "UTC");
      case "instant": return instant(new Date(value), zone);
      case "yes": return value ? "yes" : "no";
      default: return String(value);
    }
  }

  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  functions.jlWritten = written;
  functions.jlTheme = (theme) =>
    theme.withParams({
      backgroundColor: "var(--jl-paper)",
      foregroundColor: "var(--jl-ink)",
      headerBackgroundColor: "var(--jl-soft)",
      borderColor: "var(--jl-line)",
      accentColor: "var(--jl-blue)",
      fontFamily: "inherit",
      fontSize: 13,
      wrapperBorderRadius: 8,
      spacing: 6,
    });

  const components = (window.dashAgGridComponentFunctions =
    window.dashAgGridComponentFunctions || {});
  // A button that tells the key of its row; Enter on its cell does the same.
  components.JlOpen = function (props) {
    const open = () => props.setData(props.value);
    React.useEffect(() => {
      const cell = props.eGridCell;
      const onKey = (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          open();
        }
      };
      cell.addEventListener("keydown", onKey);
      return () => cell.removeEventListener("keydown", onKey);
    });
    if (!props.value) return null;
    return React.createElement(
      "button",
      { className: "jl-row", onClick: open, tabIndex: -1, type: "button" },
      props.label
    );
  };
})();
