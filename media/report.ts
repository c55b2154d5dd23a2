/** Entry of the webview with the report of an adapter. */

import { LossChart } from './finetuneChart';
import { type ReportHost, ReportView } from './reportView';

declare function acquireVsCodeApi(): ReportHost;

new ReportView(window, acquireVsCodeApi(), (texts) => new LossChart(window, texts));
