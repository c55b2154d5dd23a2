/** Entry of the webview with the audit of the corpus. */

import { AuditPage, type PageHost } from './auditPage';

declare function acquireVsCodeApi(): PageHost;

new AuditPage(window, acquireVsCodeApi());
