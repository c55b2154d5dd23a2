/** The words of whoever has no translations: those of the source. */

import type { Translate } from '../../inference/statusText';

/** As `vscode.l10n.t` without a bundle. */
export const english: Translate = (message, ...values) =>
	message.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)]));
