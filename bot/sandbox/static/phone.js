// One phone: a switch between people, each with a chat of his own, and a box to write in.

import { initial, el } from "./dom.js";
import { stamp } from "./clock.js";
import { drawn } from "./message.js";
import { upload } from "./server.js";

const TOAST_MS = 4000;
const STAMP_GAP_MS = 5 * 60 * 1000;

export class Phone {
  constructor(part, names, act) {
    this.part = part;
    this.names = names;
    this.act = act;
    this.chats = new Map();
    this.tabs = el("nav", { class: "tabs" });
    this.title = el("div", { class: "title" });
    this.screen = el("div", { class: "screen" });
    this.toasts = el("div", { class: "toasts", role: "status" });
    this.root = el("section", { class: `phone ${part.look}`, "aria-label": part.title, "data-part": part.key },
      el("header", {}, this.title, this.tabs), this.toasts, this.screen, this.composer());
    for (const person of part.people) this.add(person);
    this.select(part.people[0].id);
  }

  has(who) {
    return this.chats.has(who);
  }

  add(person) {
    const badge = el("i", { class: "badge", hidden: true });
    const tab = el("button", { class: "tab", title: person.about, onclick: () => this.select(person.id) }, person.name, badge);
    const list = el("div", { class: "list", hidden: true, tabIndex: 0 },
      el("p", { class: "hint", text: person.hint }));
    this.chats.set(person.id, { person, tab, badge, list, shown: new Map(), draft: "", last: 0, unread: 0 });
    if (this.part.people.length > 1) this.tabs.append(tab);
    this.screen.append(list);
  }

  select(who) {
    if (this.who) this.chats.get(this.who).draft = this.input.value;
    this.who = who;
    for (const [id, chat] of this.chats) {
      chat.list.hidden = id !== who;
      chat.tab.setAttribute("aria-pressed", String(id === who));
    }
    const chat = this.chats.get(who);
    this.count(chat, 0);
    this.title.replaceChildren(initial(chat.person.name), el("span", {}, el("b", { text: chat.person.name }), el("small", { text: chat.person.about })));
    this.input.value = chat.draft;
    this.input.placeholder = chat.person.placeholder;
    chat.list.scrollTop = chat.list.scrollHeight;
  }

  // Puts in what is new and replaces what has changed; `first`: everything from the beginning. Whoever has scrolled
  // back by more than a screen is left where he reads.
  receive(who, messages, first) {
    const chat = this.chats.get(who);
    const near = chat.list.scrollHeight - chat.list.scrollTop < 2 * chat.list.clientHeight;
    let newest = null;
    for (const message of messages) newest = this.put(chat, message) || newest;
    if (first) chat.list.scrollTop = chat.list.scrollHeight;
    else if (newest && newest.thread) newest.node.scrollIntoView({ block: "nearest", behavior: "smooth" });
    else if (newest && (near || newest.mine)) chat.list.scrollTop = chat.list.scrollHeight;
    if (!first && who !== this.who) this.count(chat, chat.unread + messages.filter((message) => !message.mine).length);
  }

  put(chat, message) {
    const node = drawn(message, { phone: this, who: chat.person.id, names: this.names });
    const before = chat.shown.get(message.id);
    if (before) {
      const replies = before.querySelector(":scope > .thread");
      if (replies) node.querySelector(":scope > .thread")?.replaceWith(replies);
      before.replaceWith(node);
      chat.shown.set(message.id, node);
      return null;
    }
    chat.shown.set(message.id, node);
    const root = message.root && chat.shown.get(message.root);
    const thread = root && root.querySelector(":scope > .thread > .replies");
    if (thread) {
      thread.parentNode.classList.add("used");
      thread.append(node);
    } else {
      this.stampBefore(chat, message);
      chat.list.append(node);
    }
    return { node, mine: message.mine, thread: Boolean(thread) };
  }

  stampBefore(chat, message) {
    const at = Date.parse(message.at);
    if (at - chat.last > STAMP_GAP_MS || at < chat.last) chat.list.append(el("p", { class: "stamp", text: stamp(message.at) }));
    chat.last = at;
  }

  count(chat, unread) {
    chat.unread = unread;
    chat.badge.textContent = unread > 9 ? "9+" : String(unread);
    chat.badge.hidden = unread === 0;
  }

  composer() {
    this.input = el("textarea", { rows: 1, "aria-label": `${this.part.title}：输入消息`, maxLength: 4000 });
    const file = el("input", { type: "file", hidden: true });
    file.addEventListener("change", () => this.send(file));
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    const form = el("form", { class: "composer" },
      el("button", { type: "button", class: "attach", title: "发送图片或文件", "aria-label": "发送图片或文件", text: "＋", onclick: () => file.click() }),
      file, this.input, el("button", { class: "send", text: "发送" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.input.value.trim();
      if (!text) return;
      this.input.value = "";
      this.act({ do: "say", who: this.who, text });
    });
    return form;
  }

  async send(file) {
    const [chosen] = file.files;
    file.value = "";
    if (!chosen) return;
    try {
      await upload(this.who, chosen);
    } catch (error) {
      this.toast(error.message, "error");
    }
  }

  toast(text, kind = "info") {
    const node = el("p", { class: `toast ${kind}`, text });
    this.toasts.append(node);
    setTimeout(() => node.remove(), TOAST_MS);
  }
}
