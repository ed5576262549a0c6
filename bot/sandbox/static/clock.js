// The product's clock: shown ticking, turned by buttons or by a length of time.

import { el } from "./dom.js";

const ZONE = "Asia/Shanghai";
const TIME = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const DATE = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, year: "numeric", month: "long", day: "numeric", weekday: "short" });
const DAY = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, month: "long", day: "numeric", weekday: "short" });
const MINUTE = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hour12: false });
const TURNS = [["+10 分钟", "10m"], ["+1 小时", "1h"], ["+1 天", "1d"], ["下一个工作日 09:00", "morning"]];

export const stamp = (iso) => `${DAY.format(new Date(iso))} ${MINUTE.format(new Date(iso))}`;

export class Clock {
  constructor(onTurn) {
    this.ahead = 0;
    this.face = document.getElementById("clock");
    this.date = document.getElementById("date");
    this.buttons = TURNS.map(([label, span]) => el("button", { text: label, type: "button", onclick: () => this.turn(span, onTurn) }));
    document.getElementById("turns").append(...this.buttons);
    const form = document.getElementById("turn");
    this.buttons.push(form.querySelector("button"));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.span.value.trim() && (await this.turn(form.span.value, onTurn))) form.reset();
    });
    setInterval(() => this.show(), 500);
  }

  // How far the product's time is ahead of this computer's.
  set(iso) {
    this.ahead = new Date(iso) - Date.now();
    this.show();
  }

  show() {
    const now = new Date(Date.now() + this.ahead);
    this.face.textContent = TIME.format(now);
    this.date.textContent = DATE.format(now);
  }

  async turn(span, onTurn) {
    for (const button of this.buttons) button.disabled = true;
    try {
      return await onTurn(span);
    } finally {
      for (const button of this.buttons) button.disabled = false;
    }
  }
}
