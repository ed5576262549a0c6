// A template card of the WeCom app as a member sees it: titles, facts, choices, and the buttons that are alive.

import { el } from "./dom.js";

export function templateCard(message, chat) {
  const json = message.card;
  const facts = (json.horizontal_content_list || []).map((fact) => [
    el("dt", { text: fact.keyname }), el("dd", { text: fact.value || "" })]);
  const chosen = {};
  const questions = asked(json).map((question) => {
    const options = question.option_list.map((option) => el("option", {
      value: option.id, text: option.text, selected: option.id === question.selected_id || option.is_checked || false }));
    const select = el("select", {}, options);
    chosen[question.question_key] = select;
    return el("label", { class: "field" }, el("span", { text: question.title || "" }), select);
  });
  const press = ([key, label]) => el("button", {
    class: "press", text: label,
    onclick: () => chat.phone.act({
      do: "press", who: chat.who, message: message.id, label: key,
      form: Object.fromEntries(Object.entries(chosen).map(([name, select]) => [name, select.value])),
    }),
  });
  return el("div", { class: "card" },
    el("div", { class: "elements" },
      el("b", { text: json.main_title?.title || "" }),
      json.main_title?.desc ? el("div", { class: "text grey", text: json.main_title.desc }) : "",
      json.sub_title_text ? el("div", { class: "text", text: json.sub_title_text }) : "",
      facts.length ? el("dl", {}, facts) : "", questions,
      el("div", { class: "flow" }, message.menu.map(press), (json.button ? [json.button] : []).filter((one) => one.replaced_text)
        .map((one) => el("button", { class: "press", disabled: true, text: one.replaced_text })))));
}

function asked(json) {
  return [...(json.select_list || []), ...(json.button_selection ? [json.button_selection] : []), ...(json.checkbox ? [json.checkbox] : [])];
}
