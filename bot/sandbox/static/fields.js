// Inputs of a Feishu form: drawn with their labels, and read back by name.

import { el } from "./dom.js";

export const INPUTS = {
  input: text,
  select_static: select,
  select_person: select,
  multi_select_static: (element, scene) => select(element, scene, true),
  multi_select_person: (element, scene) => select(element, scene, true),
  date_picker: (element) => picker(element, "date", element.initial_date),
  picker_time: (element) => picker(element, "time", element.initial_time),
  picker_datetime: (element) => picker(element, "datetime-local", (element.initial_datetime || "").replace(" ", "T")),
  checker: (element) => el("input", { type: "checkbox", checked: element.checked || false }),
};

export function field(element, scene) {
  const control = INPUTS[element.tag](element, scene);
  const label = element.label?.content || (element.tag === "checker" ? element.text?.content : "") || "";
  const hint = element.placeholder?.content || "";
  control.dataset.name = element.name || "";
  control.required = element.required || false;
  control.disabled = element.disabled || false;
  if (!label) control.setAttribute("aria-label", hint || element.name || "");
  return el("label", { class: `field ${element.required ? "required" : ""}` }, label ? el("span", { text: label }) : "", control);
}

function text(element) {
  const shared = { placeholder: element.placeholder?.content || "", value: element.default_value || "", maxLength: element.max_length || 1000 };
  return element.input_type === "multiline_text" ? el("textarea", { rows: element.rows || 3, ...shared }) : el("input", { type: "text", ...shared });
}

function select(element, { names }, multiple = false) {
  const options = (element.options || []).map((option, index) => el("option", {
    value: option.value, text: option.text?.content || names[option.value] || option.value,
    selected: option.value === element.initial_option || index + 1 === element.initial_index || (element.selected_values || []).includes(option.value),
  }));
  const empty = el("option", { value: "", text: element.placeholder?.content || "请选择" });
  return el("select", { multiple }, multiple ? "" : empty, options);
}

function picker(element, type, initial) {
  return el("input", { type, value: initial || "" });
}

// The values by name, or null while something that must be filled in is not.
export function collected(form) {
  const values = {};
  let complete = true;
  for (const control of form.querySelectorAll("[data-name]")) {
    const value = control.type === "checkbox" ? control.checked
      : control.multiple ? [...control.selectedOptions].map((option) => option.value)
      : control.value.replace("T", control.type === "datetime-local" ? " " : "T");
    const missing = control.required && (value === "" || value === false || value.length === 0);
    control.classList.toggle("missing", missing);
    complete = complete && !missing;
    if (value !== "") values[control.dataset.name] = value;
  }
  return complete ? values : null;
}
