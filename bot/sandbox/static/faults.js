// Faults on demand: what the platforms shall do wrong next.

import { el } from "./dom.js";

export class Faults {
  constructor(act) {
    this.root = document.getElementById("faults");
    this.act = act;
    this.toggle = document.getElementById("show-faults");
    this.toggle.addEventListener("click", () => {
      this.root.hidden = !this.root.hidden;
      this.toggle.setAttribute("aria-expanded", String(!this.root.hidden));
    });
  }

  begin(platforms) {
    const rows = platforms.map((platform) => {
      const buttons = platform.faults.map((fault) => el("button", {
        text: fault.label, title: fault.text,
        onclick: () => this.act({ do: "fault", platform: platform.key, kind: fault.key }),
      }));
      return el("div", { class: "row" }, el("b", { text: platform.label }), buttons);
    });
    const clear = el("button", { class: "quiet", text: "全部恢复正常", onclick: () => this.act({ do: "fault", kind: "clear" }) });
    this.root.replaceChildren(
      el("p", { text: "让平台接下来的 3 次发送出错。应需会重试，消息不丢、不重、不乱序。" }), ...rows, clear,
    );
  }
}
