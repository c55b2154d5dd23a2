/** Entry of the chat's webview. */

import { ChatPanel, type ViewHost } from './chatPanel';

declare function acquireVsCodeApi(): ViewHost;

new ChatPanel(window, acquireVsCodeApi());
