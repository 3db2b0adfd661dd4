import './styles/panel.css';
import './styles/list.css';
import './styles/detail.css';
import type { MessagePortLike } from '../protocol/messenger.ts';
import { JsonTree } from './jsonTree.ts';
import { parsePageState } from './pageState.ts';
import { PanelApp } from './panelApp.ts';
import { RecordList } from './recordList.ts';

/** What VS Code gives a webview's page. */
declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
};

customElements.define('ld-json', JsonTree);
customElements.define('ld-list', RecordList);
customElements.define('ld-panel', PanelApp);

const api = acquireVsCodeApi();
const port: MessagePortLike = {
  post: (message) => api.postMessage(message),
  listen(listener) {
    const onMessage = (event: MessageEvent): void => listener(event.data);
    globalThis.addEventListener('message', onMessage);
    return () => globalThis.removeEventListener('message', onMessage);
  },
};

const app = new PanelApp();
app.start({ port, state: parsePageState(api.getState()), onState: (state) => api.setState(state) });
document.body.append(app);
