// Asks the server, with the key where it wants one.

const storage = "fer-key";
let asking = null;

/** An answer that says what went wrong (problem details). */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** The answer as JSON; asks the user for a key where the server wants one. */
export async function ask(path, init = {}) {
  for (;;) {
    const key = sessionStorage.getItem(storage);
    const headers = { ...init.headers, ...(key ? { "X-Api-Key": key } : {}) };
    let response;
    try {
      response = await fetch(path, { ...init, headers });
    } catch {
      throw new Problem(0, "The server cannot be reached. Is it still running?");
    }
    if (response.status === 401) {
      await askForKey(Boolean(key));
      continue;
    }
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw new Problem(response.status, body.detail ?? `The server answered ${response.status}.`);
    return body;
  }
}

/** What to open a WebSocket with: a browser cannot give it headers, so the key goes along as a protocol. */
export function protocols() {
  const key = sessionStorage.getItem(storage);
  if (!key) return ["fer.live.v1"];
  const encoded = btoa(key).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return ["fer.live.v1", "fer.key." + encoded];
}

function askForKey(wasWrong) {
  asking ??= new Promise(resolve => {
    const dialog = document.getElementById("key-dialog"), input = document.getElementById("key"), problem = document.getElementById("key-problem");
    problem.hidden = !wasWrong;
    problem.textContent = "The server does not know this key.";
    input.value = "";
    dialog.oncancel = event => event.preventDefault();
    document.getElementById("key-form").onsubmit = event => {
      event.preventDefault();
      sessionStorage.setItem(storage, input.value.trim());
      dialog.close();
      asking = null;
      resolve();
    };
    dialog.showModal();
  });
  return asking;
}
