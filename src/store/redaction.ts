import type { InvocationPiece, RecordPiece } from '../model/invocation.ts';
import { cutText } from '../model/reading/cutText.ts';
import { parseErrorPayload } from '../model/stack/errorPayload.ts';
import { redactBody, redactLine } from './redactLine.ts';
import type { RedactionRule } from './redactText.ts';

/** Replaces in what is kept what rules name; what is sent is never touched. Without rules pieces stay as they are. */
export class Redaction {
  readonly #rules: readonly RedactionRule[];

  constructor(rules: readonly RedactionRule[]) {
    this.#rules = rules;
  }

  /** The pieces as they are to be kept. */
  apply(pieces: readonly InvocationPiece[]): readonly InvocationPiece[] {
    return this.#rules.length === 0 ? pieces : pieces.map((piece) => this.#redact(piece));
  }

  #redact(piece: InvocationPiece): InvocationPiece {
    switch (piece.kind) {
      case 'sent':
        return { ...piece, payload: this.#body(piece.payload) };
      case 'accepted':
        return piece.payload === undefined ? piece : { ...piece, payload: this.#body(piece.payload) };
      case 'attemptEnded':
        return piece.response === undefined ? piece : { ...piece, response: this.#body(piece.response) };
      case 'notAccepted':
        return { ...piece, errorMessage: this.#line(piece.errorMessage) };
      case 'deadLetter': {
        const { body, errorMessage } = piece;
        const message = errorMessage === undefined ? {} : { errorMessage: this.#line(errorMessage) };
        return { ...piece, ...message, body: this.#body(body) };
      }
      case 'raw':
        return piece.base64 ? piece : { ...piece, body: this.#body(piece.body) };
      case 'delivery': {
        const { body, reason } = piece;
        return { ...piece, ...(reason === undefined ? {} : { reason: this.#line(reason) }), body: this.#body(body) };
      }
      case 'log':
        return { ...piece, lines: piece.lines.map((line) => ({ ...line, message: this.#line(line.message) })) };
      case 'logEvents':
        return {
          ...piece,
          marks: piece.marks.map((mark) =>
            mark.type === 'error' ? { ...mark, errorMessage: this.#line(mark.errorMessage) } : mark,
          ),
          lines: piece.lines.map((line) => ({ ...line, message: this.#line(line.message) })),
        };
      case 'record':
        return this.#record(piece);
      default:
        return piece;
    }
  }

  #body(text: string): string {
    return redactBody(text, this.#rules);
  }

  #line(text: string): string {
    return redactLine(text, this.#rules);
  }

  /** The payloads one by one: where they stand changes with their lengths. */
  #record(piece: RecordPiece): RecordPiece {
    const { requestPayload, responsePayload, body } = piece;
    const spans = [
      ...(requestPayload ? [{ name: 'requestPayload' as const, span: requestPayload }] : []),
      ...(responsePayload ? [{ name: 'responsePayload' as const, span: responsePayload }] : []),
    ].toSorted((a, b) => a.span[0] - b.span[0]);
    let text = '';
    let at = 0;
    const moved: { requestPayload?: [number, number]; responsePayload?: [number, number] } = {};
    for (const { name, span } of spans) {
      text += body.slice(at, span[0]);
      const start = text.length;
      text += this.#body(body.slice(...span));
      moved[name] = [start, text.length];
      [, at] = span;
    }
    text += body.slice(at);
    if (text === body) return piece;
    const redacted = { ...piece, ...moved, body: text };
    if (piece.errorMessage === undefined || !moved.responsePayload) return redacted;
    const { type, message } = parseErrorPayload(text.slice(...moved.responsePayload));
    return { ...redacted, errorType: type, errorMessage: cutText(message) };
  }
}
