// One message of a chat as an element: a bubble, a picture, a menu or a card, and the thread below it.

import { card } from "./card.js";
import { initial, el } from "./dom.js";
import { templateCard } from "./wecomcard.js";

export function drawn(message, chat) {
  if (message.kind === "recalled") return el("p", { class: "stamp", text: `${message.mine ? "你" : message.sender}撤回了一条消息` });
  const body = el("div", { class: "body" }, (BODIES[message.kind] || plain)(message, chat));
  const line = el("div", { class: "line" }, initial(message.sender), body);
  const node = el("article", { class: `message ${message.mine ? "mine" : "theirs"} ${message.kind}`, "data-id": message.id }, line);
  if (message.threads) node.append(thread(message, chat));
  return node;
}

const BODIES = {
  text: plain,
  image: (message) => el("a", { href: message.media, target: "_blank", rel: "noopener" },
    el("img", { class: "picture", src: message.media, alt: message.filename || "图片" })),
  file: (message) => el("a", { class: "bubble file", href: message.media, download: message.filename },
    el("span", { text: "📄" }), el("span", { text: message.filename || "文件" })),
  menu,
  card: (message, chat) => card(message, chat),
  template_card: (message, chat) => templateCard(message, chat),
};

function plain(message) {
  return el("div", { class: "bubble", text: message.text });
}

// A menu of 微信客服: lines of text, of which those that can be tapped look like links.
function menu(message, chat) {
  const left = [...message.menu];
  const lines = message.text.split("\n").map((line) => {
    if (!left.length || left[0][1] !== line) return el("div", { text: line });
    const [id, label] = left.shift();
    return el("button", {
      class: "choice", text: label,
      onclick: () => chat.phone.act({ do: "tap", who: chat.who, message: message.id, item: id || label }),
    });
  });
  return el("div", { class: "bubble" }, lines);
}

// The thread of a card; the box to answer in opens on demand, since most cards are never answered.
function thread(message, chat) {
  const input = el("input", { placeholder: "在话题里回复…", "aria-label": "回复话题", maxLength: 4000 });
  const form = el("form", { hidden: true }, input, el("button", { text: "发送" }));
  const open = el("button", {
    class: "reply", text: "↩ 回复话题",
    onclick: () => { form.hidden = false; open.hidden = true; input.focus(); },
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    await chat.phone.act({ do: "say", who: chat.who, text, thread: message.id });
  });
  return el("div", { class: "thread" }, el("div", { class: "replies" }), open, form);
}
