/** Entry of the webview with the completion statistics. */

import { DayChart } from './statisticsChart';
import { type PageHost, StatisticsPage } from './statisticsPage';

declare function acquireVsCodeApi(): PageHost;

new StatisticsPage(window, acquireVsCodeApi(), (texts) => new DayChart(window, texts));
