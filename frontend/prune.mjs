// Leaves out the parts of the framework's style sheet that no page of ours uses: a third of what a phone loads.
// A family is a class name or its beginning; take it off the list to have it back.
const FAMILIES =
  "navbar-vertical navbar-expand-sm navbar-expand-md navbar-expand-xl navbar-expand-xxl navbar-overlap theme-dark theme-light " +
  "bg-gradient bg-pattern card-gradient switch-icon ribbon carousel offcanvas bs-popover popover bs-tooltip tooltip " +
  "form-imagecheck form-colorinput form-floating form-selectgroup modal-fullscreen nav-segmented legend steps step-item " +
  "chart jvm jqvmap apexcharts ts noUi litepicker dropzone plyr flatpickr chat star rating signature datagrid divide-x " +
  "link-underline focus-ring icon-link btn-ghost btn-floating toast spinner-grow placeholder countup avatar tracking " +
  "wizard hr-text demo browser cursor marquee gallery image fullcalendar fc sl sq tox coloris tag";
const BRANDS =
  "facebook twitter linkedin google youtube vimeo dribbble github instagram pinterest vk rss flickr bitbucket tabler x";
const unused = new RegExp(
  `\\.(?:(?:${FAMILIES.split(" ").join("|")})(?![\\w])|[\\w-]+-(?:${BRANDS.split(" ").join("|")})(?:-lt|-fg)?(?![\\w-]))`,
);

/** The style sheet without rules whose every selector names an unused family. */
export function prune(css) {
  const text = css.replace(/\/\*(?!!)[^]*?\*\//g, "");
  let result = "";
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf("{", at);
    const plain = text.indexOf(";", at);
    if (open < 0) return result + text.slice(at);
    if (plain >= 0 && plain < open && text.slice(at, plain).trim().startsWith("@")) {
      result += text.slice(at, plain + 1);
      at = plain + 1;
      continue;
    }
    const close = closing(text, open);
    result += rule(text.slice(at, open), text.slice(open + 1, close));
    at = close + 1;
  }
  return result;
}

function rule(head, body) {
  if (/^\s*@(media|supports|layer|container)/.test(head)) {
    const inner = prune(body);
    return inner.trim() ? `${head}{${inner}}` : "";
  }
  if (head.trim().startsWith("@")) return `${head}{${body}}`;
  const kept = selectors(head).filter((selector) => !unused.test(selector.replace(/:not\([^)]*\)/g, "")));
  return kept.length ? `${kept.join(",")}{${body}}` : "";
}

/** Selectors between commas that stand in no bracket. */
function selectors(head) {
  const parts = [""];
  let depth = 0;
  for (const sign of head) {
    if ("([".includes(sign)) depth++;
    if (")]".includes(sign)) depth--;
    if (sign === "," && !depth) parts.push("");
    else parts[parts.length - 1] += sign;
  }
  return parts;
}

/** Where the block ends that opens at `open`; braces within quotes do not count. */
function closing(text, open) {
  let depth = 0;
  let quote = "";
  for (let at = open; at < text.length; at++) {
    const sign = text[at];
    if (quote) {
      if (sign === "\\") at++;
      else if (sign === quote) quote = "";
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "{") depth++;
    else if (sign === "}" && !--depth) return at;
  }
  throw new Error("a block of the style sheet is not closed");
}
