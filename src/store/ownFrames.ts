import { ownFrame } from '../model/errorShape.ts';
import { parseErrorPayload } from '../model/stack/errorPayload.ts';

/** So many traces are remembered. */
const remembered = 1_000;

/** Where errors were thrown. The same bug throws with the same trace again and again: its frames are read once. */
export class OwnFrames {
  readonly #known = new Map<string, string>();

  /** The frame of a failed attempt's payload; empty: it does not say. */
  of(response: string): string {
    const at = response.search(/"(?:trace|stack|stackTrace)"/);
    if (at === -1) return '';
    // Where the first line has the message, what follows is the place.
    const line = response.indexOf('    at ', at);
    const trace = response.slice(line === -1 ? at : line);
    let frame = this.#known.get(trace);
    if (frame === undefined) {
      frame = ownFrame(parseErrorPayload(response).frames);
      if (this.#known.size >= remembered) this.#known.clear();
      this.#known.set(trace, frame);
    }
    return frame;
  }
}
