// What tables need in the browser: how values are written, the button of a row, the theme.
(function () {
  "use strict";
  const UNITS = [["days", 86400], ["h", 3600], ["min", 60]];
  const NOTHING = "–";

  function seconds(value) {
    for (const [unit, size] of UNITS)
      if (value >= size) return (value / size).toFixed(1) + " " + unit;
    return value.toFixed(0) + " s";
  }

  function instant(value, zone) {
    return new Date(value).toLocaleString("en-GB", {
      day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
      timeZone: zone,
    });
  }

  function day(value) {
    return new Date(value.slice(0, 10) + "T00:00:00Z").toLocaleDateString("en-GB", {
      day: "numeric", month: "short", year: "numeric", timeZone: "UTC",
    });
  }

  function written(value, form, zone) {
    if (value === null || value === undefined) return NOTHING;
    switch (form) {
      case "count": return Math.round(value).toLocaleString("en-US");
      case "share": return (100 * value).toFixed(1) + "%";
      case "number":
        return value.toLocaleString("en-US", { maximumSignificantDigits: Number.isInteger(value) ? 21 : 3 });
      case "seconds": return seconds(value);
      case "money":
        return value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
      case "day": return day(String(value));
      case "instant": return instant(value, zone);
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
