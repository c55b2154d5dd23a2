/** Entry of the webview with the report of an adapter. */

import { LossChart } from './finetuneChart';
import { LearningChart } from './learningChart';
import { type ReportHost, ReportView } from './reportView';

declare function acquireVsCodeApi(): ReportHost;

new ReportView(window, acquireVsCodeApi(), {
	loss: (texts) => new LossChart(window, texts),
	learning: (texts) => new LearningChart(window, texts),
});
