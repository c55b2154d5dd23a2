/** Entry of the fine-tuning panel's webview. */

import { LossChart } from './finetuneChart';
import { FineTunePanel, type PanelHost } from './finetunePanel';

declare function acquireVsCodeApi(): PanelHost;

new FineTunePanel(window, acquireVsCodeApi(), (texts) => new LossChart(window, texts));
