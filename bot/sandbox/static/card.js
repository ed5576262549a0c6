// A Feishu card, JSON 2.0, as the client draws it: header, elements from top to bottom, forms that can be sent.

import { chart } from "./chart.js";
import { el } from "./dom.js";
import { collected, field, INPUTS } from "./fields.js";
import { markdown, words } from "./markdown.js";

export function card(message, chat) {
  const json = message.card;
  const root = el("div", { class: "card" });
  if (json.header) {
    const template = json.header.template || "default";
    root.append(el("header", { class: `header ${template}` },
      el("b", {}, words(json.header.title, chat.names)),
      json.header.subtitle ? el("small", {}, words(json.header.subtitle, chat.names)) : "",
      (json.header.text_tag_list || []).map((tag) => el("i", {}, words(tag.text, chat.names)))));
  }
  const scene = { ...chat, message, form: null };
  root.append(el("div", { class: "elements" }, (json.body?.elements || []).map((element) => drawn(element, scene))));
  return root;
}

function drawn(element, scene) {
  const draw = INPUTS[element.tag] ? field : ELEMENTS[element.tag] || unknown;
  return draw(element, scene);
}

const children = (elements, scene) => (elements || []).map((element) => drawn(element, scene));

const ELEMENTS = {
  div: (element, { names }) => el("div", { class: `text ${element.text?.text_color || ""}` }, words(element.text, names)),
  markdown: (element, { names }) => el("div", { class: "text" }, markdown(element.content, names)),
  hr: () => el("hr"),
  img: (element) => el("img", { class: "picture", src: `media/feishu/${encodeURIComponent(element.img_key)}`, alt: element.alt?.content || "图片" }),
  chart: (element) => chart(element.chart_spec),
  person: (element, { names }) => el("span", { class: "at", text: names[element.user_id] || element.user_id }),
  column_set: columns,
  collapsible_panel: (element, scene) => el("details", { open: element.expanded || false },
    el("summary", {}, words(element.header?.title, scene.names)), children(element.elements, scene)),
  interactive_container: (element, scene) => el("div", {}, children(element.elements, scene)),
  form: form,
  table: table,
  button: button,
};

function unknown(element) {
  return el("div", { class: "text grey", text: `[${element.tag}]` });
}

function columns(element, scene) {
  const flow = element.flex_mode === "flow";
  return el("div", { class: flow ? "flow" : "columns" }, element.columns.map((column) => el("div", {
    style: column.width === "weighted" ? `flex: ${Number(column.weight) || 1} 1 0` : "flex: 0 0 auto",
  }, children(column.elements, scene))));
}

function form(element, scene) {
  const root = el("form", { class: "fields", noValidate: true });
  root.append(...children(element.elements, { ...scene, form: root }));
  root.addEventListener("submit", (event) => event.preventDefault());
  return root;
}

function button(element, scene) {
  const label = element.text?.content || "";
  const submits = element.form_action_type === "submit" || element.action_type === "form_submit";
  const link = (element.behaviors || []).find((behavior) => behavior.type === "open_url");
  const node = el("button", {
    type: "button", class: `press ${element.type || "default"}`, text: label, disabled: element.disabled || false,
    onclick: async () => {
      if (link) return window.open(link.default_url, "_blank", "noopener,noreferrer");
      const values = submits ? collected(scene.form) : null;
      if (submits && values === null) return scene.phone.toast("还有必填项没有填写", "warning");
      node.classList.add("busy");
      node.disabled = true;
      await scene.phone.act({ do: "press", who: scene.who, message: scene.message.id, label, form: values });
      node.classList.remove("busy");
      node.disabled = element.disabled || false;
    },
  });
  return node;
}

function table(element, { names }) {
  const cell = (value) => Array.isArray(value) ? value.map((one) => one.text ?? one).join(" ") : String(value ?? "");
  return el("div", { class: "table" }, el("table", {},
    el("thead", {}, el("tr", {}, element.columns.map((column) => el("th", { text: column.display_name || column.name })))),
    el("tbody", {}, element.rows.map((row) => el("tr", {}, element.columns.map((column) => el("td", {}, markdown(cell(row[column.name]), names))))))));
}
