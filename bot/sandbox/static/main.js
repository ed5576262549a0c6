// One page, three phones: what happened comes in as news, what somebody does goes out as an act.

import { Clock } from "./clock.js";
import { Faults } from "./faults.js";
import { Phone } from "./phone.js";
import { act, listen } from "./server.js";
import { Tour } from "./tour.js";

const phones = [];
const phoneOf = (who) => phones.find((phone) => phone.has(who));

async function tried(deed, phone = phones[0]) {
  try {
    const answer = await act(deed);
    if (answer.toast) (phoneOf(deed.who) || phone).toast(answer.toast.text, answer.toast.kind);
    return answer;
  } catch (error) {
    (phoneOf(deed.who) || phone).toast(error.message, "error");
    return null;
  }
}

const clock = new Clock(async (span) => {
  const answer = await tried({ do: "turn", span }, phones[1]);
  if (answer) clock.set(answer.now);
  return answer;
});
const tour = new Tour((step) => tried({ do: "tour", step }, phones[1]));
const faults = new Faults((deed) => tried(deed, phones[1]));

function begin(cast) {
  const main = document.getElementById("phones");
  main.replaceChildren();
  phones.length = 0;
  for (const part of cast.phones) phones.push(new Phone(part, cast.names, tried));
  main.append(...phones.map((phone) => phone.root));
  tour.begin(cast.tour);
  faults.begin(cast.faults);
}

listen(
  (news) => {
    if (news.cast) begin(news.cast);
    clock.set(news.now);
    tour.tick(news.done);
    for (const [who, messages] of Object.entries(news.messages)) phoneOf(who)?.receive(who, messages, Boolean(news.cast));
  },
  (connected) => (document.getElementById("offline").hidden = connected),
);
