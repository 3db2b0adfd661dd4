import { html, nothing, type TemplateResult } from 'lit';
import type { DetailError, DetailFrame, InvocationDetail } from '../protocol/panel.ts';
import { installHint } from './installHint.ts';
import type { PanelModel } from './panelModel.ts';

/** The error of the last attempt: type, message, frames. */
export function errorTab(model: PanelModel, detail: InvocationDetail): TemplateResult {
  const { row } = detail;
  const state = model.detail.error;
  const hint = installHint(detail);
  if (state.kind === 'error') return errorView(model, state.error, hint);
  return html`${errorTitle(row.errorType, row.errorMessage ?? '', hint)}
  ${state.kind === 'loading' ? html`<p class="note" aria-busy="true">Looking up the stack…</p>` : nothing}
  ${state.kind === 'problem' ? html`<p class="note" role="alert">The stack could not be looked up: ${state.message}</p>` : nothing}`;
}

function errorTitle(type: string | undefined, message: string, hint: string | undefined): TemplateResult {
  const [first = '', ...others] = message.split('\n');
  const rest = hint === undefined ? others : [...others, hint];
  return html`<div class="error-title">
      ${type === undefined ? nothing : html`<span class="t-bad">${type}</span>`}${type !== undefined && first !== '' ? ': ' : ''}${first}
    </div>
    ${rest.length === 0 ? nothing : html`<pre class="error-rest">${rest.join('\n')}</pre>`}`;
}

function errorView(model: PanelModel, error: DetailError, hint: string | undefined): TemplateResult {
  return html`${errorTitle(error.type, error.message, hint)}
    <div class="frames" role="list" aria-label="Stack">
      ${groups(error.frames).map((group) =>
        group.own ? group.frames.map((frame) => ownFrame(model, frame)) : foldedFrames(group.frames),
      )}
    </div>`;
}

function ownFrame(model: PanelModel, frame: DetailFrame): TemplateResult {
  const { location, excerpt, functionName } = frame;
  const label = html`${functionName === undefined ? nothing : html`<span class="fn">${functionName}</span>`}<span
      class="at"
      >${frame.label ?? frame.text}</span
    >`;
  return html`<div role="listitem" class="frame own">
      ${
        location
          ? html`<button
              class="link"
              title="Open ${frame.label ?? location.uri}"
              @click=${() => model.act('openFrame', { location })}
            >
              ${label}
            </button>`
          : html`<span class="unmapped" title=${frame.text}>${label}</span>`
      }
    </div>
    ${
      excerpt && location
        ? html`<pre
            class="excerpt"
            tabindex="0"
            aria-label="Code around line ${location.line}"
          ><code>${excerpt.lines.map((text, index) => {
            const line = excerpt.firstLine + index;
            const here = line === location.line;
            return html`<span class="code-line ${here ? 'here' : ''}"
              ><span class="n" aria-hidden="true">${line}</span><span class="code">${text}${'\n'}</span></span
            >`;
          })}</code></pre>`
        : nothing
    }`;
}

function foldedFrames(frames: readonly DetailFrame[]): TemplateResult {
  return html`<details class="folded" role="listitem">
    <summary>${foldedTitle(frames)}</summary>
    ${frames.map((frame) => html`<div class="frame" title=${frame.text}>${frame.text}</div>`)}
  </details>`;
}

/** `3 frames of the Lambda runtime`, `2 frames of libraries`, … */
export function foldedTitle(frames: readonly DetailFrame[]): string {
  const count = frames.length === 1 ? '1 frame' : `${frames.length} frames`;
  const kinds = new Set(frames.map(({ kind }) => kind));
  if (kinds.size > 1) return `${count} of libraries and the Lambda runtime`;
  return kinds.has('library') ? `${count} of libraries` : `${count} of the Lambda runtime`;
}

function groups(
  frames: readonly DetailFrame[],
): readonly { readonly own: boolean; readonly frames: readonly DetailFrame[] }[] {
  const result: { own: boolean; frames: DetailFrame[] }[] = [];
  for (const frame of frames) {
    const own = frame.kind === 'own';
    const last = result.at(-1);
    if (last?.own === own) last.frames.push(frame);
    else result.push({ own, frames: [frame] });
  }
  return result;
}
