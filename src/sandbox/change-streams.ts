/** Owns the server-sent events that tell open pages to look again. They carry no content, so a missed one loses nothing. */

export interface ChangeStreams {
  /** A stream that says "change" at once and after every change; 503 when too many are open. */
  open(): Response;
  /** Ends them all, and opens no more. */
  close(): void;
}

const MAX_STREAMS = 100;
const CHANGE = new TextEncoder().encode('retry: 1000\ndata: change\n\n');

export function createChangeStreams(onChange: (listener: () => void) => () => void): ChangeStreams {
  const controllers = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const takeBack = onChange(() => {
    for (const controller of controllers) tell(controller);
  });
  let closed = false;
  return {
    open: () => {
      if (closed || controllers.size >= MAX_STREAMS) return new Response('too many pages are open\n', { status: 503 });
      let mine: ReadableStreamDefaultController<Uint8Array> | null = null;
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          mine = controller;
          controllers.add(controller);
          tell(controller);
        },
        cancel: () => {
          if (mine !== null) controllers.delete(mine);
        },
      });
      return new Response(body, { headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' } });
    },
    close: () => {
      closed = true;
      takeBack();
      for (const controller of controllers) controller.close();
      controllers.clear();
    },
  };
}

/** A page that does not read has an unread "change" waiting already. */
function tell(controller: ReadableStreamDefaultController<Uint8Array>): void {
  if ((controller.desiredSize ?? 0) > 0) controller.enqueue(CHANGE);
}
