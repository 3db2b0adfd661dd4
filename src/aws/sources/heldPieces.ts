import type { LogEventsPiece } from '../../model/invocation.ts';

/** UTF-16 units of all messages together. */
const mostText = 2_000_000;
const mostPieces = 5_000;

/** What requests logged that nobody has asked for yet: a send is heard of later than what it does, at times. */
export class HeldPieces {
  #pieces: LogEventsPiece[] = [];
  #text = 0;
  /** What was logged before is not all there any more; epoch ms. */
  #droppedTo = Number.NEGATIVE_INFINITY;

  get droppedTo(): number {
    return this.#droppedTo;
  }

  add(pieces: readonly LogEventsPiece[]): void {
    for (const piece of pieces) {
      this.#pieces.push(piece);
      this.#text += textOf(piece);
    }
    let dropped = 0;
    for (const piece of this.#pieces) {
      if (this.#pieces.length - dropped <= mostPieces && this.#text <= mostText) break;
      this.#text -= textOf(piece);
      this.#droppedTo = Math.max(this.#droppedTo, piece.to);
      dropped++;
    }
    this.#pieces.splice(0, dropped);
  }

  /** Those that are wanted now; they are not held any longer. */
  take(isWanted: (piece: LogEventsPiece) => boolean): readonly LogEventsPiece[] {
    const taken: LogEventsPiece[] = [];
    const kept: LogEventsPiece[] = [];
    for (const piece of this.#pieces) (isWanted(piece) ? taken : kept).push(piece);
    this.#pieces = kept;
    for (const piece of taken) this.#text -= textOf(piece);
    return taken;
  }
}

function textOf({ lines }: LogEventsPiece): number {
  return lines.reduce((sum, { message }) => sum + message.length, 0);
}
