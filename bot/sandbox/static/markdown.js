// The little of Feishu's markdown that cards use: bold, links, mentions, line breaks. Everything else stays text.

import { el } from "./dom.js";

const PIECE = /\*\*([^*]+)\*\*|\[([^\]]+)\]\((https?:\/\/[^)\s]+)\)|<at\s+(?:id|ids|user_id)=["']?([^"'>\s]+)["']?\s*>[^<]*<\/at>|<br\s*\/?>/g;
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&#42;": "*", "&#95;": "_", "&#126;": "~", "&#91;": "[", "&#93;": "]" };

const unescaped = (text) => text.replace(/&(?:lt|gt|amp|#42|#95|#126|#91|#93);/g, (found) => ENTITIES[found])
  .replace(/\\([\\`*_{}[\]()#+\-.!|<>~])/g, "$1");

export function markdown(text, names) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(PIECE)) {
    nodes.push(unescaped(text.slice(from, found.index)));
    from = found.index + found[0].length;
    const [, bold, label, href, person] = found;
    if (bold) nodes.push(el("b", { text: unescaped(bold) }));
    else if (label) nodes.push(el("a", { href, text: unescaped(label), target: "_blank", rel: "noopener noreferrer" }));
    else if (person) nodes.push(el("span", { class: "at", text: "@" + (person === "all" ? "所有人" : names[person] || person) }));
    else nodes.push(el("br"));
  }
  nodes.push(unescaped(text.slice(from)));
  return nodes;
}

// A text element of a card: plain_text shows its signs, lark_md and markdown mean them.
export function words(text, names) {
  if (!text) return [];
  const content = text.content || "";
  return text.tag === "plain_text" ? [content] : markdown(content, names);
}
