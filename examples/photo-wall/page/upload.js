// Uploads a file directly to S3, with a form that the server signs.

const PATIENCE = 60_000; // milliseconds without a response, or without progress of an upload

/** Calls the server. */
export async function call(path, method, signal) {
  const signals = [AbortSignal.timeout(PATIENCE), ...signal ? [signal] : []];
  const answer = await fetch(path, { method, signal: AbortSignal.any(signals) })
    .catch(() => { throw new Error("the server does not respond"); });
  if (!answer.ok) throw new Error(await answer.text());
  return answer;
}

/** Requests a form for a new photo, or for the existing photo with this `key`. */
export async function sign(file, key, signal) {
  const query = new URLSearchParams(key ? { key } : { name: file.name });
  return (await call(`uploads?${query}`, "POST", signal)).json();
}

/** Sends the file, and reports how much of it has arrived, from 0 to 1. `fetch` cannot report that. */
export function send({ url, fields }, file, report, signal) {
  const data = new FormData();
  Object.entries(fields).forEach(([name, value]) => data.append(name, value));
  data.append("file", file); // S3 ignores fields after the file
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    // A limit for the whole upload would stop large photos on slow networks, so only its progress has one.
    let timer;
    const expectProgress = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        reject(new Error("the upload has stalled"));
        request.abort();
      }, PATIENCE);
    };
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      expectProgress();
      report(loaded / total);
    });
    request.addEventListener("error", () => reject(new Error("the connection to S3 failed")));
    request.addEventListener("abort", () => reject(new Error("the upload was canceled")));
    request.addEventListener("loadend", () => clearTimeout(timer));
    signal.addEventListener("abort", () => request.abort());
    request.addEventListener("load", () => {
      if (request.status < 300) return resolve();
      const message = request.responseXML?.querySelector("Message")?.textContent;
      reject(new Error(message ?? `S3 responded with status ${request.status}`));
    });
    request.open("POST", url);
    request.send(data);
    expectProgress();
  });
}
