// The page's words with the sandbox: acts go out one by one, news come in as server-sent events.

async function answered(response) {
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || `沙盘回答 ${response.status}`);
  return answer;
}

export async function act(deed) {
  const headers = { "Content-Type": "application/json" };
  return answered(await fetch("act", { method: "POST", headers, body: JSON.stringify(deed) }));
}

export async function upload(who, file) {
  const query = new URLSearchParams({ who, name: file.name, kind: file.type.startsWith("image/") ? "image" : "file" });
  const headers = { "Content-Type": "application/octet-stream" };
  return answered(await fetch(`upload?${query}`, { method: "POST", headers, body: file }));
}

// Listens while the page is seen; a hidden page costs nothing and catches up when it is seen again.
export function listen(onNews, onConnected) {
  let source = null;
  const open = () => {
    source = new EventSource("news");
    source.addEventListener("open", () => onConnected(true));
    source.addEventListener("error", () => onConnected(false));
    source.addEventListener("message", (event) => onNews(JSON.parse(event.data)));
  };
  const follow = () => {
    if (document.hidden && source) {
      source.close();
      source = null;
    } else if (!document.hidden && !source) open();
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}
