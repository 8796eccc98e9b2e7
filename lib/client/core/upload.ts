/**
 * Sending a file (soju.im/FILEHOST): over HTTP, with a token that the server gave on the chat. Uses fetch alone, so
 * progress is what was handed over; a browser that cannot stream a request tells the beginning and the end only.
 */

/** A file, as a browser's File is one. */
export interface Upload {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** "" when not known. */
  readonly type: string;
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** How to send it. */
export interface UploadOptions {
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
}

/** The address of the file once it is there; rejects with an Error whose message is for people. */
export async function uploadFile(
  url: string,
  token: string,
  file: Upload,
  { onProgress = () => {}, signal }: UploadOptions = {},
): Promise<string> {
  const tell = onlyForward(onProgress);
  tell(0, file.size);
  const streams = canStream();
  const body = streams ? counted(file, tell) : file as unknown as BodyInit;
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "authorization": `Bearer ${token}`,
      "content-type": file.type || "application/octet-stream",
      "content-disposition": disposition(file.name),
    },
    body,
    ...(signal && { signal }),
    ...(streams && { duplex: "half" }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw new Error("The upload was given up");
    throw new Error(`Cannot reach ${new URL(url).host} to send the file`, { cause: error });
  });
  const words = (await response.text().catch(() => "")).trim();
  if (!response.ok) {
    throw new Error(words.split("\n", 1)[0] || `The server refused the file (${response.status})`);
  }
  const location = response.headers.get("location");
  if (location === null) throw new Error("The server did not say where the file is");
  tell(file.size, file.size);
  return new URL(location, url).href;
}

/** Each step once: the end is told by what was read last, or else by the answer, which may be there first. */
function onlyForward(onProgress: (sent: number, total: number) => void): typeof onProgress {
  let told = -1;
  return (sent, total) => {
    if (sent <= told) return;
    told = sent;
    onProgress(sent, total);
  };
}

function counted(file: Upload, onProgress: (sent: number, total: number) => void): ReadableStream {
  let sent = 0;
  return file.stream().pipeThrough(
    new TransformStream({
      transform(chunk: Uint8Array, controller) {
        sent += chunk.length;
        onProgress(Math.min(sent, file.size), file.size);
        controller.enqueue(chunk);
      },
    }),
  );
}

/** Browsers stream a request only over HTTP/2; what runs outside of one can always. */
function canStream(): boolean {
  return !("document" in globalThis);
}

/** RFC 6266: the name in ASCII, and as it is. */
function disposition(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\]/g, "_");
  const whole = encodeURIComponent(name).replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${whole}`;
}
