// The guided tour: one step at a time, each ticked off when it has happened, whoever did it.

import { el } from "./dom.js";

export class Tour {
  constructor(play) {
    this.root = document.getElementById("tour");
    this.play = play;
    this.steps = [];
    this.done = [];
    this.busy = false;
    this.looking = null;
    const toggle = document.getElementById("show-tour");
    toggle.addEventListener("click", () => {
      this.root.hidden = !this.root.hidden;
      toggle.setAttribute("aria-expanded", String(!this.root.hidden));
    });
  }

  begin(steps) {
    this.steps = steps;
    this.looking = null;
    this.show();
  }

  tick(done) {
    if (done.join() === this.done.join()) return;
    this.done = done;
    this.looking = null;
    this.show();
  }

  get current() {
    if (this.looking !== null) return this.looking;
    const open = this.steps.map((_, index) => index).filter((index) => !this.done.includes(index));
    const last = Math.max(-1, ...this.done);
    return open.find((index) => index > last) ?? open[0] ?? this.steps.length;
  }

  show() {
    const at = this.current;
    const dots = this.steps.map((step, index) => el("button", {
      class: ["dot", this.done.includes(index) && "done", index === at && "at"].filter(Boolean).join(" "),
      text: this.done.includes(index) ? "✓" : String(index + 1),
      title: step.title,
      "aria-label": `第 ${index + 1} 步：${step.title}`,
      onclick: () => { this.looking = index; this.show(); },
    }));
    const step = this.steps[at] || { title: "导览完成", text: "您已经走完一条需求的一生。接下来随便聊：换一位客户、连发几条、制造故障、快进几天。" };
    const over = at >= this.steps.length;
    const button = over ? "" : el("button", {
      class: "play", text: this.busy ? "正在做…" : this.done.includes(at) ? "再做一次" : "替我做", disabled: this.busy,
      onclick: () => this.perform(at),
    });
    this.root.replaceChildren(
      el("div", { class: "dots" }, dots),
      el("p", {}, el("b", { text: over ? step.title : `${at + 1}. ${step.title}` }), el("span", { text: step.text })),
      button,
    );
  }

  async perform(step) {
    this.busy = true;
    this.show();
    const answer = await this.play(step);
    this.busy = false;
    if (answer) this.tick(answer.done);
    this.show();
  }
}
